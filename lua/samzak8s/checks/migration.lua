-- SPDX-License-Identifier: Apache-2.0
--- Keys of YARN, of Samza's cluster manager and of its unmerged Kubernetes module, and what becomes of each.

-- { pattern, fate, what }: the first that fits counts. "mapped": read here, too; "ignored": nothing here needs it; "yours": the
-- user has to do something, unless `by` is set. `by`: the property of ours that takes its place; `value`: what to set it to.
local RULES = {
	{ "^yarn%.container%.count$", "mapped", "it is the number of containers where neither kubernetes.pod.count nor job.container.count is set" },
	{ "^yarn%.samza%.host%-affinity%.enabled$", "mapped", "it is read as in Samza; on Kubernetes a volume follows the container, whatever the host" },
	{ "^yarn%.container%.memory%.mb$", "yours", "the memory of a container", by = "kubernetes.container.memory", value = "%sMi" },
	{ "^cluster%-manager%.container%.memory%.mb$", "yours", "the memory of a container", by = "kubernetes.container.memory", value = "%sMi" },
	{ "^yarn%.container%.cpu%.cores$", "yours", "the cores of a container", by = "kubernetes.container.cpu.cores", value = "%s" },
	{ "^cluster%-manager%.container%.cpu%.cores$", "yours", "the cores of a container", by = "kubernetes.container.cpu.cores", value = "%s" },
	{ "^yarn%.package%.path$", "ignored", "the image brings the job's package" },
	{ "^yarn%.container%.label$", "yours", "the nodes that containers run on", by = "kubernetes.node.selector", value = "LABEL:%s" },
	{ "^yarn%.queue$", "yours", "the job's share of the cluster", by = "kubernetes.priority.class", value = "CLASS" },
	{ "^yarn%.resources%.", "yours", "files that YARN brings to containers", by = "kubernetes.pod.template", value = "FILE.yaml with a volume, or put them into the image" },
	{ "^yarn%.kerberos%.", "yours", "a Kerberos login", by = "kubernetes.pod.template", value = "FILE.yaml with a volume that holds the keytab" },
	{ "^yarn%.token%.", "ignored", "there are no tokens of YARN to renew" },
	{ "^yarn%.job%.[%w-]+%.acl$", "ignored", "who may see and change the job is a matter of the namespace's roles" },
	{ "^yarn%.am%.high%-availability%.enabled$", "yours", "containers would look for a new application master, and there is none", remove = true },
	{ "^yarn%.am%.", "ignored", "there is no application master" },
	{ "^yarn%.container%.retry%.", "ignored", "Kubernetes starts a container again for ever, with growing pauses" },
	{ "^cluster%-manager%.container%.retry%.", "ignored", "Kubernetes starts a container again for ever, with growing pauses" },
	{ "^cluster%-manager%.container%.fail%.job%.after%.retries$", "ignored", "Kubernetes starts a container again for ever, with growing pauses" },
	{ "^cluster%-manager%.container%.preferred%-host%.", "ignored", "the scheduler places pods" },
	{ "^cluster%-manager%.[%w-]*%.?request%.timeout%.ms$", "ignored", "the scheduler places pods" },
	{ "^cluster%-manager%.allocator%.sleep%.ms$", "ignored", "the scheduler places pods" },
	{ "^cluster%-manager%.fault%-domain%-aware%.standby%.enabled$", "ignored", "pods are spread over nodes, standby away from active" },
	{ "^cluster%-manager%.jobcoordinator%.", "ignored", "there is no coordinator" },
	{ "^yarn%.", "ignored", "nothing here reads it" },
	{ "^cluster%-manager%.", "ignored", "nothing here reads it" },
	{ "^kube%.app%.image$", "yours", "the image of the job", by = "kubernetes.container.image", value = "%s" },
	{ "^kube%.app%.namespace$", "yours", "the namespace of the job", by = "kubernetes.namespace", value = "%s" },
	{ "^kube%.app%.pod%.mnt%.path$", "ignored", "state is kept below /samza/state" },
	{ "^kube%.app%.volume%.azure%.file%-share%.enabled$", "yours", "state that outlives a pod", by = "kubernetes.state.volume", value = "pvc" },
	{ "^kube%.app%.volume%.azure%.", "yours", "where state is kept", by = "kubernetes.state.storage.class", value = "CLASS" },
	{ "^kube%.app%.", "ignored", "nothing here reads it" },
}

local function rule_of(key)
	for _, rule in ipairs(RULES) do
		if key:find(rule[1]) then return rule end
	end
end

local function check_key(key, rule, config, add)
	local fate, what = rule[2], rule[3]
	local function say(level, code, message, hint)
		add(level, config:about(key, { code = code, message = message, hint = hint }))
	end
	if fate == "mapped" then
		say("note", "migration.mapped", what, "nothing to do")
	elseif fate == "ignored" then
		say("note", "migration.ignored", "is not used on Kubernetes: " .. what, "nothing to do; it stays in the configuration that the job sees")
	elseif rule.remove then
		if (config:get(key) or ""):lower() == "true" then say("warning", "migration.yours", what, "remove it") end
	elseif rule.by and config:get(rule.by) then
		say("note", "migration.mapped", ("%s takes its place"):format(rule.by), "nothing to do")
	else
		local value = rule.value:find("%s", 1, true) and rule.value:format(config:get(key)) or rule.value
		say("warning", "migration.yours", ("says %s, which %s says here"):format(what, rule.by), ("set %s=%s"):format(rule.by, value))
	end
end

--- @tparam table job
-- @tparam function add(level, err)
return function(job, add)
	local config = job.config
	for _, prefix in ipairs { "yarn.", "cluster-manager.", "kube.app." } do
		for _, key in ipairs(config:keys(prefix)) do check_key(key, rule_of(key), config, add) end
	end
end
