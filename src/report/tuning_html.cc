#include "report/tuning.h"
namespace architrave::report { std::string to_html(const TuningReport& report) { return to_markdown(report); } }
