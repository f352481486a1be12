/* Three-valued: a failure to evaluate is never "no". */
#ifndef WIJZER_TRUTH_H
#define WIJZER_TRUTH_H

enum truth { NO, YES, UNKNOWN };

#endif
