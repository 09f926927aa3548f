# Starting and ending the parts of a stack as processes. Sourced by scripts/stack; reads `dir`.
#
# Each part NAME has DIR/NAME.pid and DIR/NAME.log. A pid counts as ours only while its process was
# started with a configuration file inside DIR, so a number that the system has given to somebody
# else in the meantime is never signalled.

part_pid() { cat "$dir/$1.pid" 2>/dev/null || true; }

part_runs() {
  local pid
  pid=$(part_pid "$1")
  [ -n "$pid" ] && tr "\0" "\n" 2>/dev/null <"/proc/$pid/cmdline" | grep -qF "$dir/$1." &&
    ! grep -q '^State:.Z' "/proc/$pid/status" 2>/dev/null
}

# Every thread of this process has ended. Its first thread alone says little: while others are still
# on their way out (in a sync, after SIGKILL), they hold its files and their locks.
part_gone() { ! grep -qs '^State:.[^ZX]' "/proc/$1"/task/*/status; }

# part_start NAME COMMAND...: in the background, in a process group of its own (Ctrl-C at the
# terminal does not reach it) but in the caller's session (nice compares only within one).
part_start() {
  local name=$1
  shift
  set -m
  nohup "$@" >>"$dir/$name.log" 2>&1 </dev/null &
  echo $! >"$dir/$name.pid"
  disown
  set +m
}

# part_wait NAME SECONDS CHECK...: until CHECK succeeds. Dies with the end of the log when the
# part ends or the time is up.
part_wait() {
  local name=$1 seconds=$2 end
  shift 2
  end=$((SECONDS + seconds))
  until "$@" >/dev/null 2>&1; do
    kill -0 "$(part_pid "$name")" 2>/dev/null || part_failed "$name" "ended while starting"
    [ "$SECONDS" -lt "$end" ] || part_failed "$name" "was not ready within $seconds s"
    sleep 0.05
  done
}

part_failed() {
  printf '%s\n' "---- the end of $dir/$1.log" >&2
  tail -n 25 "$dir/$1.log" >&2 || true
  printf '%s\n' "----" >&2
  die "$1 $2. The configuration is in $dir; \`$0 down --dir $dir\` ends what still runs."
}

# part_end NAME SIGNAL: signals it and waits until it is gone; kills it if it takes over 15 s.
part_end() {
  local name=$1 signal=$2 pid end
  if part_runs "$name"; then
    pid=$(part_pid "$name")
    kill -s "$signal" "$pid" 2>/dev/null || true
    end=$((SECONDS + 15))
    until part_gone "$pid"; do
      if [ "$SECONDS" -ge "$end" ]; then
        part_runs "$name" || break  # on its last legs, or the number is somebody else's by now
        say "$name (process $pid) does not end by itself: killing it"
        kill -s KILL "$pid" 2>/dev/null || true
        end=$((SECONDS + 15))
      fi
      sleep 0.02
    done
  fi
  rm -f "$dir/$name.pid"
}
