#pragma once

// Units by the tasks of the program, without texts: no run of a test keeps files.

#include <suites/task_units.h>

namespace assay::fakes {

inline const UnitSource& known_units() {
  static const suites::TaskUnits units(suites::built_in_tasks());
  return units;
}

}  // namespace assay::fakes
