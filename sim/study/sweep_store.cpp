// SPDX-License-Identifier: Apache-2.0
#include "study/sweep_store.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "study/sweep_row_json.hpp"

namespace systole {
namespace {

using Json = nlohmann::json;

Json record_of(const std::string& key, const KeptPoint& point) {
  const SweepOutcome& outcome = point.outcome;
  Json out{{"program", point.program},
           {"key", key},
           {"status", name(outcome.status)},
           {"message", outcome.message},
           {"seconds", point.seconds},
           {"row", nullptr},
           {"ledger", nullptr},
           {"document", nullptr}};
  if (outcome.row) {
    out["row"] = row_json(*outcome.row);
    out["ledger"] = ledger_json(outcome.ledger);
    out["document"] = {
        {"at", point.document_at}, {"bytes", point.document_bytes}, {"hash", point.document_hash}};
  }
  return out;
}

KeptPoint kept_of(const Json& record) {
  KeptPoint out;
  out.program = record.at("program").get<std::string>();
  out.seconds = record.at("seconds").get<double>();
  out.outcome.status = point_status(record.at("status").get<std::string>());
  out.outcome.message = record.at("message").get<std::string>();
  if (out.outcome.status == PointStatus::done) {
    out.outcome.row = row_from_json(record.at("row"));
    out.outcome.ledger = ledger_from_json(record.at("ledger"));
    const Json& document = record.at("document");
    out.document_at = document.at("at").get<std::uint64_t>();
    out.document_bytes = document.at("bytes").get<std::uint64_t>();
    out.document_hash = document.at("hash").get<std::string>();
  }
  return out;
}

}  // namespace

// A file of lines that only grows.
class SweepStore::File {
 public:
  File(std::string path, Access access) : path_(std::move(path)) {
    const int flags = access == Access::write ? O_RDWR | O_CREAT | O_APPEND : O_RDONLY;
    handle_ = open(path_.c_str(), flags | O_CLOEXEC, 0666);
    if (handle_ < 0) {
      fail("cannot {} '{}': {}", access == Access::write ? "write" : "read", path_,
           std::strerror(errno));
    }
    struct stat status {};
    check(fstat(handle_, &status) == 0, "'{}': {}", path_, std::strerror(errno));
    size_ = static_cast<std::uint64_t>(status.st_size);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { close(handle_); }

  [[nodiscard]] std::uint64_t size() const { return size_; }

  void lock(const std::string& folder) const {
    if (flock(handle_, LOCK_EX | LOCK_NB) != 0) {
      fail("another sweep is writing to '{}'; give this one another folder with --results", folder);
    }
  }

  [[nodiscard]] std::string read(std::uint64_t at, std::uint64_t bytes) const {
    std::string out(bytes, '\0');
    std::uint64_t got = 0;
    while (got < bytes) {
      const ssize_t part =
          pread(handle_, out.data() + got, bytes - got, static_cast<off_t>(at + got));
      if (part < 0 && errno == EINTR) {
        continue;
      }
      if (part <= 0) {
        break;
      }
      got += static_cast<std::uint64_t>(part);
    }
    out.resize(got);
    return out;
  }

  // All or nothing, on the disk and not only on its way.
  void append(std::string_view text) {
    std::uint64_t written = 0;
    while (written < text.size()) {
      const ssize_t part = write(handle_, text.data() + written, text.size() - written);
      if (part < 0 && errno == EINTR) {
        continue;
      }
      if (part < 0) {
        give_up(errno);
      }
      written += static_cast<std::uint64_t>(part);
    }
    if (fdatasync(handle_) != 0) {
      give_up(errno);
    }
    size_ += text.size();
  }

  void cut(std::uint64_t size) {
    if (size < size_) {
      check(ftruncate(handle_, static_cast<off_t>(size)) == 0, "'{}': {}", path_,
            std::strerror(errno));
      size_ = size;
    }
  }

 private:
  [[noreturn]] void give_up(int reason) const {
    static_cast<void>(ftruncate(handle_, static_cast<off_t>(size_)));
    fail("cannot write '{}': {}", path_, std::strerror(reason));
  }

  std::string path_;
  int handle_ = -1;
  std::uint64_t size_ = 0;
};

SweepStore::SweepStore(std::string folder, Access access)
    : folder_(std::move(folder)), access_(access) {
  if (access == Access::write) {
    std::error_code error;
    std::filesystem::create_directories(folder_, error);
    if (error) {
      fail("cannot make the folder '{}': {}", folder_, error.message());
    }
  }
  journal_ = std::make_unique<File>(folder_ + "/journal.ndjson", access);
  if (access == Access::write) {
    journal_->lock(folder_);
  }
  documents_ = std::make_unique<File>(folder_ + "/documents.ndjson", access);
  read_journal();
}

SweepStore::~SweepStore() = default;

void SweepStore::read_journal() {
  const std::string text = journal_->read(0, journal_->size());
  std::size_t begin = 0;
  for (std::size_t number = 1;; ++number) {
    const std::size_t end = text.find('\n', begin);
    if (end == std::string::npos) {
      break;
    }
    take(text.substr(begin, end - begin), number);
    begin = end + 1;
  }
  if (access_ == Access::write) {
    journal_->cut(begin);
    documents_->cut(documents_end_);
  }
}

void SweepStore::take(const std::string& line, std::size_t number) {
  try {
    const Json record = Json::parse(line);
    KeptPoint kept = kept_of(record);
    const std::uint64_t end = kept.document_at + kept.document_bytes;
    if (end < kept.document_at || end > documents_->size()) {
      notes_.push_back(
          fmt::format("'{}/journal.ndjson' line {}: its document is gone; the point "
                      "is computed again",
                      folder_, number));
      return;
    }
    documents_end_ = std::max(documents_end_, end);
    if (access_ == Access::write && kept.program != program_hash()) {
      return;
    }
    if (kept.outcome.row && content_hash(documents_->read(kept.document_at, kept.document_bytes)) !=
                                kept.document_hash) {
      notes_.push_back(
          fmt::format("'{}/documents.ndjson' is damaged at byte {}; the point is "
                      "computed again",
                      folder_, kept.document_at));
      return;
    }
    points_.insert_or_assign(record.at("key").get<std::string>(), std::move(kept));
  } catch (const nlohmann::json::exception&) {
    notes_.push_back(
        fmt::format("'{}/journal.ndjson' line {} is damaged; its point is computed "
                    "again",
                    folder_, number));
  }
}

const KeptPoint* SweepStore::find(const std::string& key) const {
  const auto found = points_.find(key);
  return found == points_.end() ? nullptr : &found->second;
}

std::string SweepStore::document(const KeptPoint& point) const {
  // Without the line end that belongs to the file.
  std::string text = documents_->read(point.document_at, point.document_bytes);
  if (text.empty() || content_hash(text) != point.document_hash) {
    fail("'{}/documents.ndjson' is damaged at byte {}: run the sweep again", folder_,
         point.document_at);
  }
  text.pop_back();
  return text;
}

void SweepStore::keep(KeptPoint point, const std::string& key, const std::string& document) {
  const std::uint64_t before = documents_->size();
  if (point.outcome.row) {
    const std::string line = document + "\n";
    point.document_at = before;
    point.document_bytes = line.size();
    point.document_hash = content_hash(line);
    documents_->append(line);
  }
  try {
    journal_->append(record_of(key, point).dump() + "\n");
  } catch (...) {
    documents_->cut(before);
    throw;
  }
  points_.insert_or_assign(key, std::move(point));
}

const std::string& program_hash() {
  static const std::string hash = [] {
    std::ifstream in("/proc/self/exe", std::ios::binary);
    check(in.good(), "cannot read the running program");
    return content_hash(std::string(std::istreambuf_iterator<char>(in), {}));
  }();
  return hash;
}

}  // namespace systole
