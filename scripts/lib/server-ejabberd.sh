# ejabberd in a directory of its own, as root or not, without ejabberdctl (which changes to a user
# of its own) and epmd. Sourced by scripts/stack: the same functions as in server-prosody.sh. They
# read: dir, domain, component, secret, client_port, component_port.
#
# Its database is SQLite: Mnesia, the default, writes accounts and contact lists some seconds late,
# so that killing the server would lose what a test has just made.
#
# ejabberd itself makes the accounts, asked over a third port of the loopback interface, under a
# path that nobody else knows. DIR/ejabberd.api holds "PORT PATH". Those registered before the start
# wait in DIR/ejabberd.accounts.

server_config() {
  local api_port
  api_port=$("$python" -c '
import socket
print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
  mkdir -p "$dir/ejabberd.spool"
  [ -e "$dir/ejabberd.db" ] || "$python" -c '
import pathlib, sqlite3, sys
database, schema = sys.argv[1:]
sqlite3.connect(database).executescript(pathlib.Path(schema).read_text())
' "$dir/ejabberd.db" /usr/share/ejabberd/sql/lite.sql
  echo "$api_port /$secret" >"$dir/ejabberd.api"
  # Its own way of finding names would ask the network for "localhost".
  printf '%s\n' '{lookup, ["file", "native"]}.' '{host, {127,0,0,1}, ["localhost"]}.' \
    >"$dir/ejabberd.inetrc"
  cat >"$dir/ejabberd.yml" <<YAML
hosts: ["$domain"]
loglevel: info
log_rotate_size: infinity
# Everything stays on the loopback interface: no TLS, plain passwords, no other servers.
auth_method: sql
s2s_access: none
acme: {auto: false}
default_db: sql
sql_type: sqlite
sql_database: "$dir/ejabberd.db"

acl:
  loopback: {ip: "127.0.0.0/8"}
  local: {user_regexp: ""}
api_permissions:
  accounts: {from: [mod_http_api], who: {acl: loopback}, what: [register, change_password]}

# What Debian's own configuration switches on and messages and presence pass through, with the one
# change that conf/ejabberd.yml asks for: room for contact requests.
modules:
  mod_admin_extra: {}
  mod_blocking: {}
  mod_caps: {}
  mod_carboncopy: {}
  mod_client_state: {}
  mod_disco: {}
  mod_http_api: {}
  mod_last: {}
  mod_muc: {}
  mod_offline: {}
  mod_ping: {}
  mod_pres_counter: {count: 100000, interval: 60}
  mod_privacy: {}
  mod_roster: {versioning: true}
  mod_stream_mgmt: {resend_on_timeout: if_offline}
  mod_version: {}

listen:
  -
    port: $client_port
    ip: "127.0.0.1"
    module: ejabberd_c2s
    max_stanza_size: 65536
    shaper: none
  -
    port: $api_port
    ip: "127.0.0.1"
    module: ejabberd_http
    request_handlers: {"/$secret": mod_http_api}
  # For one component alone: whoever connects to a listener gets all addresses that stand there.
  -
    port: $component_port
    ip: "127.0.0.1"
    module: ejabberd_service
    shaper: none
    check_from: true
    max_stanza_size: 65536
    hosts:
      "$component":
        password: "$secret"
YAML
}

# What `start` runs. It stays in the foreground and writes its log to stdout. Without ERL_MAX_PORTS
# it reserves memory for as many connections as the machine would allow. Without +sbwt it spins while
# it waits, and on a busy machine takes half a minute to start instead of a few seconds.
server_command() {
  local libraries
  for libraries in /usr/lib/*/ejabberd-*/ebin; do break; done
  printf '%s\0' env -C "$dir/ejabberd.spool" HOME="$dir/ejabberd.spool" \
    EJABBERD_CONFIG_PATH="$dir/ejabberd.yml" EJABBERD_LOG_PATH="$dir/ejabberd.spool/ejabberd.log" \
    ERL_LIBS="${libraries%/*/ebin}" ERL_INETRC="$dir/ejabberd.inetrc" ERL_MAX_PORTS=4096 \
    ERL_CRASH_DUMP="$dir/ejabberd.dump" \
    erl -noinput +K true +sbwt none +sbwtdcpu none +sbwtdio none \
    -mnesia dir "\"$dir/ejabberd.spool\"" -s ejabberd
}

# True when the server in this log could not have its ports, so that others are worth trying.
server_port_taken() { grep -q 'Failed to open socket' "$1"; }

# Also makes the accounts that wait for it.
server_is_up() {
  local port user password
  read -r port _ <"$dir/ejabberd.api"
  for port in "$client_port" "$component_port" "$port"; do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || return
  done
  [ -r "$dir/ejabberd.accounts" ] || return 0
  while read -r user password; do
    ejabberd_register "$user" "$password" || return
  done <"$dir/ejabberd.accounts"
  rm "$dir/ejabberd.accounts"
}

# ejabberd_call COMMAND JSON: prints the status of its answer.
ejabberd_call() {
  local port path status
  read -r port path <"$dir/ejabberd.api"
  exec 3<>"/dev/tcp/127.0.0.1/$port" || return
  printf '%s\r\n' "POST $path/$1 HTTP/1.0" 'Host: localhost' 'Content-Type: application/json' \
    "Content-Length: ${#2}" '' >&3
  printf '%s' "$2" >&3
  read -r _ status _ <&3
  exec 3>&-
  echo "$status"
}

ejabberd_register() {
  local account="\"user\":\"$1\",\"host\":\"$domain\"" status
  status=$(ejabberd_call register "{$account,\"password\":\"$2\"}") || return
  [ "$status" != 409 ] ||
    status=$(ejabberd_call change_password "{$account,\"newpass\":\"$2\"}") || return
  [ "$status" = 200 ]
}

# server_register USER PASSWORD: letters and digits only. Works before and after the start, and
# hundreds of accounts take a second or two. An account that is there gets the new password.
server_register() {
  if part_runs ejabberd; then
    ejabberd_register "$1" "$2" || die "ejabberd does not register $1"
  else
    echo "$1 $2" >>"$dir/ejabberd.accounts"
  fi
}
