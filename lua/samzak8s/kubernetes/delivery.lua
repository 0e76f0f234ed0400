-- SPDX-License-Identifier: Apache-2.0
--- How the JobModel reaches a container: an environment variable, a ConfigMap or a Secret.
local limits = require("samzak8s.kubernetes.limits")

local M = {}

M.env_name = "SAMZA_JOB_CONFIG"
M.key = "job-model.json"

local number = limits.number

-- A model that fits nowhere: what is wrong and what to do.
local function check_size(delivery, size)
	if delivery == "env" then
		local total = #M.env_name + 1 + size
		if total <= limits.env then return true end
		return nil, { code = "delivery.env-size", hint = "set kubernetes.delivery=configmap (or auto)",
			message = ("the model makes an environment variable of %s bytes, and Linux starts no program with one over %s")
				:format(number(total), number(limits.env)) }
	end
	if size <= limits.config_map then return true end
	return nil, { code = "delivery.model-size",
		hint = "split the job, or shorten its configuration: every container needs the whole model",
		message = ("the model has %s bytes, and a %s holds %s"):format(number(size),
			delivery == "secret" and "Secret" or "ConfigMap", number(limits.config_map)) }
end

--- Choose the delivery.
-- @tparam {wanted=string,size=integer,secrets={string,...},file_url=boolean} ask `wanted`: "auto", "env", "configmap"
-- or "secret"; `size`: bytes of the model; `secrets`: keys that hold secrets; `file_url`: this Samza reads `file:` URLs
-- @treturn string|nil "env", "configmap" or "secret"; or nil and an error {code, message, hint}
-- @treturn string|nil why `auto` chose what it chose, where a user would not expect it
function M.choose(ask)
	local delivery, why = ask.wanted, nil
	local keys = ask.secrets[1]
	if #ask.secrets > 1 then keys = ("%s and %d more"):format(keys, #ask.secrets - 1) end
	if delivery == "auto" then
		if keys then
			delivery, why = "secret", ("the model goes into a Secret, as its configuration holds %s"):format(keys)
		elseif ask.file_url and ask.size <= limits.auto_env then
			delivery = "env"
		else
			delivery = "configmap"
			why = ask.file_url and ("the model goes into a ConfigMap, as it has %s bytes (env up to %s)")
				:format(number(ask.size), number(limits.auto_env)) or nil
		end
	elseif delivery == "env" and not ask.file_url then
		return nil, { code = "delivery.env", hint = "use configmap, secret or auto",
			message = "from Samza 0.10 a container reads its model over HTTP only, so env cannot deliver it" }
	elseif delivery ~= "secret" and keys then
		return nil, { code = "delivery.secrets", hint = "use secret or auto",
			message = ("%s would publish %s of the configuration in clear"):format(delivery, keys) }
	end
	local ok, err = check_size(delivery, ask.size)
	if not ok then return nil, err end
	return delivery, why
end

return M
