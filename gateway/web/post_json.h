// A post as the API and the streams say it (docs/http.md). Pure.
#pragma once

#include <string>

#include "gateway/web/json.h"
#include "gateway/web/view.h"

namespace gateway::web {

void write_post(JsonWriter& json, const Post& post);
std::string post_json(const Post& post);

}  // namespace gateway::web
