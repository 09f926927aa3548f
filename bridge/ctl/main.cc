// lapwingctl: the operator's and the script's hand on a bridge.
#include "bridge/ctl/app.h"

int main(int argc, char** argv) {
  return bridge::ctl::run(argc, argv);
}
