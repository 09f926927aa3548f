// CURVE keys in files: one line of 40 characters (Z85) each, as `lapwingctl keygen` writes them and
// the configuration of a bridge names them.
#pragma once

#include <string>
#include <string_view>

#include "bridge/base/result.h"
#include "bridge/wire/socket.h"

namespace bridge::ctl {

// The pair whose secret key is in the file.
base::Result<wire::KeyPair> read_keys(const std::string& file);

// A public key as it is, or from the file of that name.
base::Result<std::string> read_public_key(const std::string& key_or_file);

// PREFIX.public for everybody and PREFIX.secret for its owner alone. Never overwrites: kConflict
// when one of them is there.
base::Result<void> write_keys(const std::string& prefix, const wire::KeyPair& keys);

}  // namespace bridge::ctl
