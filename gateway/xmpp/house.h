// House: how order is kept, as far as a gateway has to know it: who the operators are, which
// domains are banned, and whether operators have opened or closed registration. The bridge says it
// when a session begins and whenever it changes, and decides all the same: this is what is shown to
// whom, and what needs no answer.
#pragma once

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
    registration_ = house.registration();
  }

  bool is_operator(const Jid& person) const {
    return !operators_.empty() && operators_.contains(person.bare());
  }
  bool is_banned(std::string_view domain) const { return bridge::base::covers(banned_, domain); }
  wire::Registration registration() const { return registration_; }

 private:
  std::set<std::string> operators_;  // bare addresses
  bridge::base::Domains banned_;
  wire::Registration registration_ = wire::AS_CONFIGURED;
};

}  // namespace gateway::xmpp
