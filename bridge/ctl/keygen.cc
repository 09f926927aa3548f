// lapwingctl keygen: a key pair for a client or a bridge that talk over tcp.
#include <iostream>
#include <memory>

#include "bridge/ctl/commands.h"
#include "bridge/ctl/exit_code.h"
#include "bridge/ctl/keys.h"

namespace bridge::ctl {
namespace {

int keygen(const std::string& prefix) {
  const wire::KeyPair keys = wire::generate_keys();
  if (prefix.empty()) {
    std::cout << "public " << keys.public_key << "\nsecret " << keys.secret_key << '\n';
    return kOk;
  }
  if (const auto written = write_keys(prefix, keys); !written) return report(written.error());
  std::cout << "public key: " << keys.public_key << "  (" << prefix << ".public)\n"
            << "secret key: " << prefix << ".secret, readable by you alone\n";
  return kOk;
}

}  // namespace

void add_keygen(base::CommandLine& line, Action& action) {
  base::Command command = line.command("keygen", "Make a CURVE key pair, for tcp.");
  command.footer(
      "Prints two lines of text (Z85), or writes two files with --out. The public key goes to the\n"
      "other side; the secret file is what --keys and the configuration name. Existing files are\n"
      "never overwritten. Needs no bridge.");
  const auto prefix = std::make_shared<std::string>();
  command.option(*prefix, {.name = "--out",
                           .help = "write PREFIX.public, and PREFIX.secret with mode 0600",
                           .type = "PREFIX"});
  command.on_chosen([prefix, &action] { action = [prefix] { return keygen(*prefix); }; });
}

}  // namespace bridge::ctl
