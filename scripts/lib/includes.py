"""Verifies who may include whom: folders of this project, and third-party headers.

Arrows point one way only (DESIGN: folders). A folder may include itself and what its line names;
a third-party header is for the files its line names and stops there. Prints one line for each
offence, exits 1 if there was one.
"""

import fnmatch
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

# folder -> the other folders it may include from. bridge/wire holds the wire contract's generated
# code, bridge/backbone that of the log's records.
FOLDERS = {
    "throttle": [],
    "bridge/base": ["throttle"],
    "bridge/wire": ["bridge/base"],
    "bridge/client": ["bridge/wire", "bridge/base"],
    "bridge/backbone": ["bridge/base"],
    "bridge/track": ["bridge/base"],
    "bridge/limits": ["bridge/backbone", "bridge/wire", "bridge/base", "throttle"],
    "bridge/state": [
        "bridge/limits", "bridge/backbone", "bridge/track", "bridge/wire", "bridge/base", "throttle",
    ],
    "bridge/fanout": [
        "bridge/state", "bridge/limits", "bridge/backbone", "bridge/track", "bridge/wire",
        "bridge/base", "throttle",
    ],
    "bridge/lane": [
        "bridge/fanout", "bridge/state", "bridge/limits", "bridge/backbone", "bridge/wire", "bridge/base", "throttle",
    ],
    "bridge/ctl": [
        "bridge/client", "bridge/backbone", "bridge/track", "bridge/wire", "bridge/base", "throttle",
    ],
    "bridge": [
        "bridge/lane", "bridge/fanout", "bridge/state", "bridge/limits", "bridge/backbone", "bridge/track",
        "bridge/wire", "bridge/base", "throttle",
    ],
    "gateway/command": ["bridge/client", "bridge/wire", "bridge/base", "throttle"],
    "gateway/common": ["bridge/client", "bridge/wire", "bridge/base"],
    "gateway/xmpp": ["gateway/command", "bridge/client", "bridge/wire", "bridge/base", "throttle"],
    "gateway/web/assets": ["throttle"],
    "gateway/web/operations": ["bridge/client", "bridge/wire", "bridge/base"],
    "gateway/web/pages": ["gateway/web/assets"],
    "gateway/web/session": ["bridge/base", "throttle"],
    "gateway/web": [
        "gateway/web/assets", "gateway/web/operations", "gateway/web/pages", "gateway/web/session",
        "gateway/command", "gateway/common",
        "bridge/client", "bridge/wire", "bridge/base", "throttle",
    ],
    "gateway": [
        "gateway/xmpp", "gateway/command", "gateway/common", "bridge/client", "bridge/wire", "bridge/base", "throttle",
    ],
}  # fmt: skip

# header pattern -> the files that may include it. Whatever is not named here is the standard
# library or the system, or an offence (see THIRD_PARTY).
ADAPTERS = {
    "strophe.h": ["gateway/xmpp/strophe_*.cc", "tests/bench/*"],
    "zmq.h*": ["bridge/wire/socket.cc"],
    "rocksdb/*": ["bridge/backbone/*", "tests/bridge/backbone/*", "tests/bench/*"],
    "prometheus/*": ["bridge/base/exporter.cc"],
    "civetweb.h": ["bridge/base/exporter.cc"],
    "toml++/*": ["bridge/base/config.cc"],
    "unicode/*": ["bridge/track/*.cc"],
    "nlohmann/*": ["bridge/ctl/*", "gateway/web/json.cc", "tests/gateway/web/*"],
    "CLI/*": ["bridge/base/command_line.cc", "tests/*"],
    "spdlog/*": ["bridge/base/*"],
    "boost/*": ["gateway/web/server.cc", "gateway/web/connection.*"],
    "fmt/*": ["bridge/*", "gateway/*", "tests/*"],
    "tl/expected.hpp": ["bridge/base/*"],
    "absl/*": ["bridge/base/time_zone.cc", "bridge/state/lookup.h", "bridge/state/words.cc"],
    "openssl/*": ["bridge/base/secret.cc", "gateway/xmpp/digest.cc", "tests/*"],
    "zlib.h": ["gateway/xmpp/png.cc", "tests/*"],
    "expat.h": ["gateway/xmpp/*.cc", "tests/*"],
    "google/protobuf/*": ["bridge/wire/*", "bridge/backbone/*", "bridge/base/*"],
    "catch2/*": ["tests/*"],
    "rapidcheck*": ["tests/*"],
}
THIRD_PARTY = re.compile(
    r"(strophe|zmq|rocksdb|toml|unicode/|nlohmann|boost/|CLI/|spdlog|fmt/|tl/|expat|google/|catch2|"
    r"rapidcheck|nats|prometheus|civetweb|absl|openssl|zlib)"
)
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]', re.MULTILINE)


def folder_of(path):
    """The longest known folder that holds this path."""
    known = [folder for folder in FOLDERS if path.startswith(folder + "/")]
    return max(known, key=len, default=None)


def offences_of(path, text):
    own = folder_of(path)
    for quote, header in INCLUDE.findall(text):
        pattern = next((p for p in ADAPTERS if fnmatch.fnmatch(header, p)), None)
        if pattern:
            if not any(fnmatch.fnmatch(path, allowed) for allowed in ADAPTERS[pattern]):
                yield f"includes <{header}>, which is for {' and '.join(ADAPTERS[pattern])}"
        elif quote == "<":
            if THIRD_PARTY.match(header):
                yield f"includes <{header}>, a library without an adapter"
            if own == "throttle" and "/" in header:
                yield f"includes <{header}>, but throttle knows the standard library only"
        elif own and not (ROOT / header).exists() and not header.endswith(".pb.h"):
            yield f'includes "{header}", which is not a path from the root'
        elif own:
            target = folder_of(header)
            if target != own and target not in FOLDERS[own]:
                yield f'includes "{header}", but {own} may not know {target or "that"}'


def main():
    found = 0
    for top in ("throttle", "bridge", "gateway", "tests"):
        for file in sorted((ROOT / top).rglob("*")):
            if file.suffix in (".cc", ".h"):
                path = file.relative_to(ROOT).as_posix()
                for offence in offences_of(path, file.read_text(errors="replace")):
                    print(f"{path}: {offence}")
                    found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
