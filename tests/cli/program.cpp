// SPDX-License-Identifier: Apache-2.0
#include "program.hpp"

#include <sys/wait.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace systole {

namespace fs = std::filesystem;

std::string content(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

Folder::Folder() {
  std::string name = fs::temp_directory_path() / "systole-test-XXXXXX";
  path_ = mkdtemp(name.data());
  for (const char* data : {"configs", "energy_models", "workloads"}) {
    fs::create_symlink(fs::path(SYSTOLE_SOURCE_DIR) / data, path_ / data);
  }
}

Folder::~Folder() { fs::remove_all(path_); }

Shown Folder::sh(const std::string& line) const {
  const fs::path shown = path_.string() + ".shown";  // Beside the folder, so that `ls` is clean.
  const std::string command = "cd '" + path_.string() + "' && unset CI GITHUB_ACTIONS && PATH='" +
                              fs::path(SYSTOLE_PROGRAM).parent_path().string() +
                              "':\"$PATH\" && {\n" + line + "\n} >'" + shown.string() +
                              ".out' 2>'" + shown.string() + ".err'";
  const int status = std::system(command.c_str());
  Shown out{.exit = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
            .out = content(shown.string() + ".out"),
            .err = content(shown.string() + ".err")};
  fs::remove(shown.string() + ".out");
  fs::remove(shown.string() + ".err");
  return out;
}

void Folder::write(const std::string& file, const std::string& text) const {
  std::ofstream(path_ / file, std::ios::binary) << text;
}

std::string Folder::read(const std::string& file) const { return content(path_ / file); }

}  // namespace systole
