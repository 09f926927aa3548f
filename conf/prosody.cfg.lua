-- What Lapwing needs of Prosody (0.12 or newer). Copy the parts into /etc/prosody/prosody.cfg.lua.

-- The gateway connects here. The component protocol knows no encryption: keep it on the loopback
-- interface, or on a network that is private in itself.
component_interfaces = { "127.0.0.1" }
component_ports = { 5347 }

-- After a connection that broke without a word, the old one looks alive for a while. The default,
-- "kick_new", refuses the gateway as long as that lasts.
component_conflict_resolve = "kick_old"

-- One stanza of a client, in bytes; the default is 256 KB. Posts are far smaller, and long stanzas
-- cost everybody who has to parse them. The gateway drops larger ones itself as well, because
-- Prosody's limit for components does not bound what a component is sent.
c2s_stanza_size_limit = 64 * 1024
s2s_stanza_size_limit = 64 * 1024

-- Sends small packets at once. Otherwise a message may wait 40 ms until the client has confirmed the
-- one before it.
network_settings = { nagle = false }

-- The address of the service; people talk to lapwing@im.example.org. The same secret stands in the
-- gateway's configuration.
Component "im.example.org"
  component_secret = "change me"
