# Prosody in a directory of its own, as root or not. Sourced by scripts/stack; every XMPP server has
# such a file with the same five functions. They read: dir, domain, component, secret, client_port,
# component_port.

server_config() {
  local as_root=false
  [ "$(id -u)" = 0 ] && as_root=true
  mkdir -p "$dir/prosody"
  cat >"$dir/prosody.cfg.lua" <<LUA
run_as_root = $as_root
pidfile = "$dir/prosody/own.pid"
data_path = "$dir/prosody"
plugin_paths = {}
modules_enabled = { "roster", "saslauth", "disco", "ping", "carbons", "smacks", "version", "time" }
modules_disabled = { "s2s", "tls" }
log = { info = "*console" }

interfaces = { "127.0.0.1" }
c2s_ports = { $client_port }
component_interfaces = { "127.0.0.1" }
component_ports = { $component_port }

-- Everything stays on the loopback interface: no TLS, plain passwords.
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
authentication = "internal_plain"
storage = "internal"

c2s_stanza_size_limit = 64 * 1024
-- Without this a message may wait 40 ms for the client to confirm the one before it.
network_settings = { nagle = false }
component_conflict_resolve = "kick_old"

VirtualHost "$domain"
Component "$component"
  component_secret = "$secret"
LUA
}

# What `start` runs. It stays in the foreground and writes its log to stdout.
server_command() { printf '%s\0' prosody -F --config "$dir/prosody.cfg.lua"; }

# True when the server in this log could not have its ports, so that others are worth trying.
server_port_taken() { grep -q 'Failed to open server port' "$1"; }

server_is_up() { (exec 3<>"/dev/tcp/127.0.0.1/$client_port") 2>/dev/null &&
  (exec 3<>"/dev/tcp/127.0.0.1/$component_port") 2>/dev/null; }

# server_register USER PASSWORD: letters and digits only. Prosody reads an account when it is used,
# so this works before and after the start, and hundreds of accounts take no time.
server_register() {
  local accounts=$dir/prosody/${domain//./%2e}/accounts
  mkdir -p "$accounts"
  printf 'return {\n\t["password"] = "%s";\n};\n' "$2" >"$accounts/$1.dat"
}
