#include "cli/command.h"

int main(int argc, char** argv) { return architrave::cli::run(argc, argv); }
