#include "gateway/xmpp/sign_in_stanza.h"

#include <fmt/format.h>

#include <string_view>

#include "gateway/command/phrasing.h"
#include "gateway/xmpp/render.h"

namespace gateway::xmpp {
namespace {

// "https://lapwing.example.org", of a whole address.
std::string_view site_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  return scheme == url.npos ? url : url.substr(0, url.find('/', scheme + 3));
}

}  // namespace

std::string sign_in_body(const wire::SignInQuestion& question) {
  return fmt::format(
      "Somebody wants to sign in as you on {0}, in a browser that shows {1}.\nIf it was you, and "
      "your browser shows {1}, write: confirm {1}\nIt signs in whoever asked. If it was not you, "
      "write: deny {1}\nWithout an answer nothing happens; the question is good for {2}.",
      site_of(question.url()), question.transaction(), command::how_long(question.good_for_ms()));
}

void push_sign_in_question(Outbox& outbox, const Settings& settings,
                           const wire::SignInQuestion& question) {
  const std::string from = settings.bot_jid();
  const std::string name = "sign-in-" + question.transaction();
  const std::string body = sign_in_body(question);
  outbox.push(Chat{.from = from,
                   .to = question.address(),
                   .id = name,
                   .body = body,
                   .thread = name,
                   .confirm = HttpRequest{.id = question.transaction(),
                                          .method = question.method(),
                                          .url = question.url()},
                   .keep = false});
}

}  // namespace gateway::xmpp
