-- SPDX-License-Identifier: Apache-2.0
--- Topics as a shell script of kafka-topics.sh commands, for someone else to run.
local function quote(text)
	if text:find("^[%w@%%+=:,./_-]+$") then return text end
	return "'" .. text:gsub("'", "'\\''") .. "'"
end

local HEAD = [[
#!/bin/sh
# The topics of Samza job %s, for Samza %s. Topics that are there stay as they are.
# KAFKA_TOPICS: another kafka-topics.sh, or one with --command-config FILE behind it.
# shellcheck disable=SC2086 # the variables hold several words
set -eu
]]

local function command(topic)
	local words = { "", "--create", "--if-not-exists", "--topic", quote(topic.topic), "--partitions", tostring(topic.partitions),
		"--replication-factor", tostring(topic.replication.value) }
	for _, entry in ipairs(topic.configs) do
		words[#words + 1] = "--config"
		words[#words + 1] = quote(entry[1] .. "=" .. entry[2])
	end
	return table.concat(words, " ")
end

--- @tparam {table,...} topics system, topic, partitions, replication, configs, and those of one system together
-- @tparam table job name, version
-- @tparam function connect system -> brokers ("host:port,..." or nil), ZooKeeper (or nil)
-- @treturn string
return function(topics, job, connect)
	local lines, last = { HEAD:format((job.name:gsub("[%c]", " ")), job.version) }, nil
	for _, topic in ipairs(topics) do
		if topic.system ~= last then
			last = topic.system
			local brokers, zookeeper = connect(last)
			local variable = "AT_" .. last:gsub("[^%w]", "_")
			lines[#lines + 1] = ("\n# system %s; for tools of Kafka before 2.2: %s='--zookeeper %s'\n"):format(last, variable, zookeeper or "HOST:PORT")
			lines[#lines + 1] = ("%s=${%s:---bootstrap-server %s}\n"):format(variable, variable, brokers and quote(brokers) or "HOST:PORT")
		end
		lines[#lines + 1] = ("${KAFKA_TOPICS:-kafka-topics.sh} $%s%s\n"):format("AT_" .. last:gsub("[^%w]", "_"), command(topic))
	end
	return table.concat(lines)
end
