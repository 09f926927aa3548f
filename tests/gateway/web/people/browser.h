// A browser and a site for it, in one thread: the pages' routes over a world that a test fills.
//
//   People people;  Browser ann(people);  ann.signs_in();
//   ann.post("/post", {{"text", "hello"}});   CHECK(people.world.acts.size() == 1);
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gateway/web/form_routes.h"
#include "gateway/web/sign_in.h"
#include "gateway/web/sign_in_question.h"
#include "gateway/web/takeout.h"
#include "gateway/web/target.h"

namespace tests {

namespace web = gateway::web;
namespace wire = bridge::wire;

class FakeWorld final : public web::World {
 public:
  std::uint64_t version() const override { return now_version; }
  web::pages::Standing standing(bridge::base::Now) const override { return now_standing; }
  web::Excerpt select(const web::Selection& selection, std::uint64_t,
                      std::string_view) const override {
    selected = selection;
    return excerpt;
  }
  void learn(std::string_view, bridge::base::Now, std::function<void()> then) override { then(); }
  bool follows(std::string_view, std::string_view) const override { return false; }
  std::optional<web::pages::Thread> thread(std::uint64_t id, std::string_view) const override {
    for (const auto& post : excerpt.posts)
      if (post.id == id) return web::pages::Thread{.post = post};
    return std::nullopt;
  }
  web::pages::Powers powers() const override { return {.reply = true, .remove = true}; }
  std::vector<web::pages::WaitingPost> waiting(std::string_view) const override { return {}; }
  void act(const wire::Request& request, bridge::base::Now,
           std::function<void(const web::Outcome&)> then) override {
    acts.push_back(request);
    then(outcome);
  }
  void ask(const wire::Request& request, bridge::base::Now,
           std::function<void(const wire::Reply&)> then) override {
    asked.push_back(request);
    if (request.has_extract() && silent) {
      late.push_back(std::move(then));
      return;
    }
    if (request.has_extract() && extracts) return then(extracts(request.extract()));
    wire::Reply reply;
    if (request.has_redeem_code()) {
      if (request.redeem_code().code() == "GOOD") {
        reply.mutable_signed_in()->set_account(7);
        reply.mutable_signed_in()->set_nick(nick_of_code);
      } else {
        reply.mutable_error()->set_code(wire::UNKNOWN);
        reply.mutable_error()->set_text("That is no code.");
      }
    }
    if (request.has_ask_sign_in() || request.has_check_sign_in()) reply = question(request);
    if (request.has_list_favourites()) {
      auto& posts = *reply.mutable_posts();
      for (auto id = favourites.rbegin(); id != favourites.rend(); ++id)
        if (request.list_favourites().before() == 0 || *id < request.list_favourites().before())
          posts.add_items()->set_id(*id);
    }
    if (request.has_whois()) reply.mutable_profile()->set_nick(request.whois().nick());
    then(reply);
  }

  // Of who is asked in chat, as the bridge answers for a ticket that it gave.
  wire::Reply question(const wire::Request& request) {
    wire::Reply reply;
    if (refuse_question.code() != wire::OK) {
      *reply.mutable_error() = refuse_question;
      return reply;
    }
    auto& asked_now = *reply.mutable_sign_in_asked();
    asked_now.set_state(answer);
    if (request.has_ask_sign_in()) {
      asked_now.set_ticket("TICKET");
    } else if (request.check_sign_in().ticket() != "TICKET") {
      asked_now.set_state(wire::SignInAsked::OVER);
      return reply;
    } else if (request.check_sign_in().take() && answer == wire::SignInAsked::CONFIRMED) {
      answer = wire::SignInAsked::OVER;
      reply.mutable_signed_in()->set_account(7);
      reply.mutable_signed_in()->set_nick("alice");
      return reply;
    }
    asked_now.set_transaction("K7QF-MX");
    asked_now.set_good_for_ms(120'000);
    return reply;
  }

  wire::SignInAsked::State answer = wire::SignInAsked::WAITING;
  wire::Error refuse_question;  // unless OK
  std::uint64_t now_version = 1;
  web::pages::Standing now_standing;
  web::Excerpt excerpt;
  web::Outcome outcome;
  std::string nick_of_code = "alice";
  std::vector<std::uint64_t> favourites;  // rising
  std::function<wire::Reply(const wire::Extract&)> extracts;
  bool silent = false;  // about these: their answers wait here
  std::vector<std::function<void(const wire::Reply&)>> late;
  std::vector<wire::Request> acts;
  std::vector<wire::Request> asked;
  mutable web::Selection selected;
};

struct People {
  People() {
    web::SignIn* in = &sign_in;
    in->add_to(router);
    question.add_to(router);
    forms.add_to(router);
    takeout.add_to(router);
    pages.add_to(router);
  }
  FakeWorld world;
  web::PageSettings settings{.plain_http = true, .operators = {"Root"}};
  web::MemoryJournal journal;
  web::SessionTable table{{}, journal};
  web::BrowserSessions sessions{settings, table};
  web::PageContext context{settings, world, sessions};
  web::Router router;
  web::SignIn sign_in{context};
  web::SignInQuestion question{context};
  web::PageRoutes pages{context};
  web::FormRoutes forms{context, pages};
  web::Takeout takeout{context};
  bridge::base::Now now{bridge::base::Time{} + std::chrono::hours(1), 1'795'768'000'000};
};

class Browser {
 public:
  using Form = std::vector<std::pair<std::string, std::string>>;

  explicit Browser(People& people) : people_(people) {}

  const web::HttpResponse& get(const std::string& target) { return send("GET", target, ""); }
  const web::HttpResponse& head(const std::string& target) { return send("HEAD", target, ""); }
  // As a page's own form would: with the token that the last page held.
  const web::HttpResponse& post(const std::string& path, Form form) {
    form.emplace_back("csrf", csrf);
    return post_bare(path, form);
  }
  const web::HttpResponse& post_bare(const std::string& path, const Form& form) {
    std::string body;
    for (const auto& [name, value] : form) {
      if (!body.empty()) body += '&';
      body += web::percent_encode(name) + "=" + web::percent_encode(value);
    }
    return send("POST", path, body);
  }
  void signs_in(const std::string& code = "GOOD") {
    get("/sign-in");
    post("/sign-in", {{"code", code}, {"back", "/"}});
    get("/");
  }

  std::string header(std::string_view name) const {
    return std::string(web::field(response.headers, name));
  }
  bool shows(std::string_view text) const { return response.body.find(text) != std::string::npos; }

  web::HttpResponse response;
  std::map<std::string, std::string> cookies;
  std::string csrf;
  std::string peer = "192.0.2.7";
  web::Fields extra_headers = {{"sec-fetch-site", "same-origin"}};

 private:
  const web::HttpResponse& send(const std::string& method, const std::string& target,
                                const std::string& body) {
    web::HttpRequest request;
    request.method = method;
    request.target = target;
    const auto parsed = web::parse_target(target);
    if (parsed) {
      request.path = parsed->path;
      request.query = parsed->query;
    }
    request.headers = extra_headers;
    request.headers.emplace_back("host", "lapwing.example");
    std::string jar;
    for (const auto& [name, value] : cookies) jar += (jar.empty() ? "" : "; ") + name + "=" + value;
    request.headers.emplace_back("cookie", jar);
    request.body = body;
    request.peer = peer;
    request.now = people_.now;
    response = {};
    people_.router.handle(request, [this](web::HttpResponse answer) {
      response = std::move(answer);
      if (response.shared) response.body = *response.shared;
    });
    keep_cookies();
    find_token();
    return response;
  }
  void keep_cookies() {
    for (const auto& [name, value] : response.headers) {
      if (name != "Set-Cookie") continue;
      const std::size_t equals = value.find('=');
      const std::string token = value.substr(equals + 1, value.find(';') - equals - 1);
      if (token.empty())
        cookies.erase(value.substr(0, equals));
      else
        cookies[value.substr(0, equals)] = token;
    }
  }
  void find_token() {
    const std::string before = "name=\"csrf\" value=\"";
    const std::size_t at = response.body.find(before);
    if (at == std::string::npos) return;
    const std::size_t from = at + before.size();
    csrf = response.body.substr(from, response.body.find('"', from) - from);
  }

  People& people_;
};

}  // namespace tests
