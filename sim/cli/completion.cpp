// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/vocabulary.hpp"

namespace systole {
namespace {

int run(const Arguments& arguments) {
  const std::string& shell = arguments.text("SHELL");
  const Vocabulary words = vocabulary();
  print(shell == "bash"  ? bash_completion(words)
        : shell == "zsh" ? zsh_completion(words)
                         : fish_completion(words));
  return 0;
}

}  // namespace

Command completion_command() {
  return {.name = "completion",
          .summary = "a script with which a shell completes commands, options, keys and files",
          .examples = {"eval \"$(systole completion bash)\"",
                       "systole completion zsh > ~/.zfunc/_systole",
                       "systole completion fish > ~/.config/fish/completions/systole.fish"},
          .operands = {{.name = "SHELL",
                        .help = "bash, zsh or fish",
                        .choices = {"bash", "zsh", "fish"}}},
          .options = {},
          .run = run};
}

}  // namespace systole
