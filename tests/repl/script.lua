#!/usr/bin/env -S samzak8s repl job.properties
-- SPDX-License-Identifier: Apache-2.0
-- A script sees what the prompt sees; values print only when asked.
local busiest = containers[1]
for _, container in ipairs(containers) do
	if #container.tasks > #busiest.tasks then busiest = container end
end
print(("container %s has %d of %d tasks"):format(busiest.id, #busiest.tasks, #tasks))
