// A plan drawn as a tree: a box for each node, rows flowing up to the root. Lines are as thick as
// what flows through them, and boxes are coloured by their own share of the time (or cost).
#pragma once

#include <string>

#include "plan/plan.h"

namespace architrave::report {

// One <svg> element that brings its own style and takes the page's --paper, --sheet, --ink, --soft,
// --edge, --link, --warning and --error where it has them. Each box is a link to "#ID-N", N being
// its place in measure()'s list. The same plan gives the same bytes.
std::string to_svg(const plan::Plan& plan, const std::string& id);

}  // namespace architrave::report
