/* What vinga-agent can be told to do. Each returns the program's exit status; settings that are
 * wrong have been told on standard error or in the log. */
#ifndef VG_AGENT_COMMANDS_H
#define VG_AGENT_COMMANDS_H

#include "agents/config.h"

/* The agent itself: until SIGTERM or SIGINT. */
int vg_agent_run(const char *config_path);
/* Runs one probe once and prints what came back; exits with its state, as plugins do. */
int vg_agent_check(const struct vg_agent_config *config, const char *name);
/* Looks at everything that the agent needs and says the way out; 0 = all is well, 1 = not. */
int vg_agent_doctor(const struct vg_agent_config *config);

/* A loop for the engine, or NULL. */
struct event_base *vg_agent_loop(void);

#endif
