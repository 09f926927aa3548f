// House: how order is kept, as far as a gateway has to know it: who the operators are, and which
// domains are banned. The bridge says it when a session begins and whenever it changes, and decides
// all the same: this is what is shown to whom, and what needs no answer.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "bridge/base/domains.h"
#include "bridge/wire/header.h"
#include "bridge/wire/wire.pb.h"
#include "gateway/xmpp/jid.h"

namespace gateway::xmpp {

namespace wire = bridge::wire;

class House {
 public:
  void set(const wire::House& house) {
    operators_ = {house.operators().begin(), house.operators().end()};
    banned_ = {house.banned().begin(), house.banned().end()};
  }

  bool is_operator(const Jid& person) const {
    return !operators_.empty() && operators_.contains(person.bare());
  }
  bool is_banned(std::string_view domain) const { return bridge::base::covers(banned_, domain); }
  // The banned name that a banned domain is, or is below.
  std::string_view ban_of(std::string_view domain) const {
    const auto ban = std::ranges::find_if(
        banned_, [&](const std::string& one) { return bridge::base::is_in(domain, one); });
    return ban == banned_.end() ? domain : std::string_view(*ban);
  }

 private:
  std::set<std::string> operators_;  // bare addresses
  bridge::base::Domains banned_;
};

}  // namespace gateway::xmpp
