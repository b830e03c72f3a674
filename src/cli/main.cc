// pim: one program for everything; a subcommand a file.
#include "cli/main.h"

int main(int argc, char** argv) { return pim::cli::run(argc, argv); }
