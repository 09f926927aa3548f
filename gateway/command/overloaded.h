// overloaded: one lambda per alternative for std::visit.
#pragma once

namespace gateway::command {

template <class... Lambdas>
struct overloaded : Lambdas... {
  using Lambdas::operator()...;
};
template <class... Lambdas>
overloaded(Lambdas...) -> overloaded<Lambdas...>;

}  // namespace gateway::command
