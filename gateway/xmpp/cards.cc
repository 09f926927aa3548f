#include "gateway/xmpp/cards.h"

#include <string>

#include "gateway/xmpp/avatar.h"
#include "gateway/xmpp/digest.h"
#include "gateway/xmpp/identity.h"

namespace gateway::xmpp {

void Cards::on_get(const Stanza& iq, bridge::base::Time now) {
  if (who_is(settings_, iq.to) != Who::kContact)
    return show(iq, kServiceName, "Follow people and track words; say help", settings_.bot);
  const command::Command whois{command::find("whois"), {{"nick", iq.to.local}}};
  clerk_.look_up(iq, whois, now, [this, iq = head_of(iq), whois](const wire::Reply& reply) {
    const std::string& nick = reply.profile().nick();
    show(iq, nick, command::render_reply(whois, reply), nick);
  });
}

void Cards::show(const Stanza& iq, std::string_view name, std::string_view about,
                 std::string_view avatar_name) {
  const std::string ours = iq.to.full();
  const std::string theirs = iq.from.full();
  const std::string photo = base64(avatar_of(avatar_name).png);
  outbox_.push(VCard{.from = ours,
                     .to = theirs,
                     .id = iq.id,
                     .full_name = name,
                     .nickname = name,
                     .description = about,
                     .photo = photo});
}

}  // namespace gateway::xmpp
