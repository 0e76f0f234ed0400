-- SPDX-License-Identifier: Apache-2.0
local files = require("samzak8s.kubernetes.files")
local output = require("samzak8s.output_directory")
local system = require("samzak8s.native.system")

describe("output to a directory", function()
	local top, dir

	before_each(function()
		top = os.tmpname()
		os.remove(top)
		assert(system.mkdir(top))
		dir = top .. "/out/"
	end)

	after_each(function()
		os.execute(("rm -rf '%s'"):format(top))
	end)

	local function write(...)
		local list = {}
		for i, item in ipairs { ... } do list[i] = { name = item .. ".yaml", text = "text of " .. item .. "\n" } end
		return output.write(dir, list)
	end

	local function there()
		return table.concat(system.list(dir), " ")
	end

	local function inode(name)
		local pipe = assert(io.popen(("stat -c '%%i %%Y' '%s%s'"):format(dir, name)))
		local text = pipe:read("a")
		pipe:close()
		return text
	end

	it("makes the directory, the files and the index", function()
		assert.is_true(write("b", "a"))
		assert.equal(".samzak8s-index a.yaml b.yaml", there())
		assert.equal("text of b\n", system.read(dir .. "b.yaml"))
		assert.equal("text of a\ntext of b\n", output.read(dir))
	end)

	it("removes the files of objects that left, and leaves those of others and unchanged ones alone", function()
		assert.is_true(write("a", "b"))
		assert(system.write(dir .. "mine.yaml", "mine"))
		local before, index = inode("a.yaml"), inode(".samzak8s-index")
		assert.is_true(write("a", "b"))
		assert.equal(before, inode("a.yaml"))
		assert.equal(index, inode(".samzak8s-index"))
		assert.is_true(write("a", "c"))
		assert.equal(before, inode("a.yaml"))
		assert.equal(".samzak8s-index a.yaml c.yaml mine.yaml", there())
		assert.equal("mine", system.read(dir .. "mine.yaml"))
	end)

	it("writes a changed file whole, and one that was removed again", function()
		assert.is_true(write("a", "b"))
		assert(system.write(dir .. "a.yaml", "edited"))
		assert(system.remove(dir .. "b.yaml"))
		assert.is_true(write("a", "b"))
		assert.equal("text of a\n", system.read(dir .. "a.yaml"))
		assert.equal("text of b\n", system.read(dir .. "b.yaml"))
	end)

	it("refuses to replace a file of somebody else, and changes nothing", function()
		assert.is_true(write("a"))
		assert(system.write(dir .. "b.yaml", "mine"))
		local ok, err = write("a", "b", "c")
		assert.is_nil(ok)
		assert.equal("output.foreign", err.code)
		assert.equal(dir .. "b.yaml", err.source)
		assert.equal(".samzak8s-index a.yaml b.yaml", there())
		assert.equal("mine", system.read(dir .. "b.yaml"))
	end)

	it("refuses an index that names other places", function()
		assert.is_true(write("a"))
		local index = system.read(dir .. output.index)
		for _, line in ipairs { "../a.yaml", "/etc/passwd", "a/b.yaml", ".bashrc", "A.yaml" } do
			assert(system.write(dir .. output.index, index .. line .. "\n"))
			local ok, err = write("a")
			assert.is_nil(ok)
			assert.equal("output.index", err.code)
		end
		assert(system.write(dir .. output.index, "my own notes\n"))
		assert.equal("output.index", select(2, write("a")).code)
	end)

	it("refuses a file as the directory, and a missing parent", function()
		assert(system.write(top .. "/out", ""))
		assert.equal("output.no-directory", select(2, write("a")).code)
		dir = top .. "/no/such/"
		assert.equal("output.mkdir", select(2, write("a")).code)
	end)

	it("cleans up after a run that was killed", function()
		assert.is_true(write("a"))
		assert(system.write(dir .. ".samzak8s-new-b.yaml", "half"))
		assert.is_true(write("a"))
		assert.equal(".samzak8s-index a.yaml", there())
	end)

	it("leaves nothing when a file cannot be written", function()
		local ok = output.write(dir, { { name = "a.yaml", text = "a" }, { name = ("x"):rep(250) .. ".yaml", text = "b" } })
		assert.is_nil(ok)
		assert.is_nil(system.kind(dir))
		assert.is_true(write("a"))
		assert.is_nil((output.write(dir, { { name = "a.yaml", text = "new" }, { name = ("x"):rep(250) .. ".yaml", text = "b" } })))
		assert.equal("text of a\n", system.read(dir .. "a.yaml"))
		assert.equal(".samzak8s-index a.yaml", there())
	end)

	it("reads nothing from a directory without an index", function()
		assert(system.mkdir(dir))
		assert.is_nil(output.read(dir))
	end)
end)

describe("names of files", function()
	local function object(kind, name, namespace, version)
		return { apiVersion = version or "v1", kind = kind, metadata = { name = name, namespace = namespace } }
	end

	it("say kind and name, and more only where two would be alike", function()
		assert.same({ "statefulset-page-views-0.yaml", "configmap-a.b.yaml" },
			files.names { object("StatefulSet", "page-views-0"), object("ConfigMap", "a.b") })
		assert.same({ "service-x.yaml", "service-x-prod.yaml", "service-x-default-serving.knative.dev.yaml", "service-x-default.yaml", "service-x-default-2.yaml" },
			files.names { object("Service", "x"), object("Service", "x", "prod"), object("Service", "x", nil, "serving.knative.dev/v1"),
				object("Service", "x"), object("Service", "x") })
	end)

	it("are names that the index takes", function()
		for _, name in ipairs(files.names { object("Role", "a:b/../c"), object("Kustomization", "x"), object("..", "..") }) do
			assert.is_true(output.is_name(name), name)
		end
	end)
end)
