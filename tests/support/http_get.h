// What an HTTP server on this machine answers: head and body, as they come.
//
//   CHECK_THAT(http_get("127.0.0.1:9469", "/healthz"), Catch::StartsWith("HTTP/1.1 200"));
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <catch2/catch.hpp>
#include <string>

#include "bridge/base/fd.h"

inline std::string http_get(const std::string& address, const std::string& path,
                            const std::string& method = "GET") {
  const std::string port = address.substr(address.rfind(':') + 1);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(port)));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bridge::base::Fd socket =
      bridge::base::must_open(::socket(AF_INET, SOCK_STREAM, 0), "socket");
  REQUIRE(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0);
  const std::string request = method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
  REQUIRE(::send(socket.get(), request.data(), request.size(), 0) ==
          static_cast<ssize_t>(request.size()));
  std::string answer;
  char buffer[4096];
  for (ssize_t n = 0; (n = ::recv(socket.get(), buffer, sizeof buffer, 0)) > 0;)
    answer.append(buffer, static_cast<std::size_t>(n));
  return answer;
}
