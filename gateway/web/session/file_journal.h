// FileJournal: sessions in one file of lines, appended to, readable by nobody else.
//
// A line that a crash has cut short is left out when reading. Replacing writes a new file beside it
// and renames that, so there is a whole one at every moment.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "bridge/base/fd.h"
#include "gateway/web/session/journal.h"

namespace gateway::web {

class FileJournal final : public SessionJournal {
 public:
  static bridge::base::Result<std::unique_ptr<FileJournal>> open(std::filesystem::path path);

  bridge::base::Result<std::vector<std::string>> read() override;
  void append(const std::string& line, bool durable) override;
  void replace(const std::vector<std::string>& lines) override;
  std::size_t lines() const override { return lines_; }

 private:
  FileJournal(std::filesystem::path path, bridge::base::Fd file)
      : path_(std::move(path)), file_(std::move(file)) {}

  std::filesystem::path path_;
  bridge::base::Fd file_;
  std::size_t lines_ = 0;
};

}  // namespace gateway::web
