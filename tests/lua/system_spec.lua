-- SPDX-License-Identifier: Apache-2.0
local system = require("samzak8s.native.system")

local folder

-- The bindings' own file, for other processes in other directories.
local library = assert(package.searchpath("samzak8s", package.cpath))
if library:sub(1, 1) ~= "/" then library = io.popen("pwd"):read() .. "/" .. library end

--- What a shell command prints, without the last line end; its directory is the test's own.
local function sh(command)
	local pipe = assert(io.popen(("cd %s && { %s\n} 2>&1"):format(folder, command)))
	local text = pipe:read("a")
	pipe:close()
	return (text:gsub("\n$", ""))
end

--- Run Lua code in a process of its own, with `system`, after the shell's `setup` and with its output in `redirect`.
local function lua(setup, code, redirect)
	return sh(("%s; LUA_CPATH=%s %s -e '%s' %s"):format(
		setup, library, os.getenv("LUA") or "lua5.4", "local system = require(\"samzak8s.native.system\") " .. code, redirect))
end

local function path(name) return folder .. "/" .. name end

local function put(name, bytes)
	local file = assert(io.open(path(name), "wb"))
	file:write(bytes)
	file:close()
end

local function get(name)
	local file = assert(io.open(path(name), "rb"))
	local bytes = file:read("a")
	file:close()
	return bytes
end

--- The call failed so; err.source is the path that was given.
local function fails(expected, result, err)
	assert.is_nil(result)
	assert.same(expected, { code = err.code, message = err.message, source = err.source })
end

before_each(function()
	folder = os.tmpname()
	os.remove(folder)
	assert(system.mkdir(folder))
end)

after_each(function()
	os.execute("rm -rf " .. folder)
end)

describe("system.read", function()
	it("returns every byte of a file", function()
		local bytes = ("a\0\r\n\xFF"):rep(20000)
		put("f", bytes)
		put("empty", "")
		assert.equal(bytes, system.read(path("f")))
		assert.equal("", system.read(path("empty")))
	end)

	it("reads a pipe to its end", function()
		sh("mkfifo p")
		os.execute(("(printf one; sleep 0.1; printf two) >%s/p &"):format(folder))
		assert.equal("onetwo", system.read(path("p")))
	end)

	it("says why a file cannot be read, and which", function()
		local missing = path("none")
		fails({ code = "file.read", message = "cannot be read: No such file or directory", source = missing }, system.read(missing))
		fails({ code = "file.read", message = "is a directory", source = folder }, system.read(folder))
		put("f", "")
		local below = path("f/g")
		fails({ code = "file.read", message = "cannot be read: Not a directory", source = below }, system.read(below))
		assert.equal(missing .. ": cannot be read: No such file or directory", tostring(select(2, system.read(missing))))
	end)

	it("refuses a path with a NUL byte instead of cutting it short", function()
		put("f", "x")
		local cut = path("f\0g")
		fails({ code = "file.read", message = "a path cannot hold a NUL byte", source = cut }, system.read(cut))
	end)
end)

describe("system.write", function()
	it("makes a new file with the mode that the umask leaves, and no other file", function()
		assert.is_true(system.write(path("f"), "a\0b"))
		assert.equal("a\0b", get("f"))
		sh("touch like")
		assert.equal(sh("stat -c %a like"), sh("stat -c %a f"))
		assert.same({ "f", "like" }, system.list(folder))
	end)

	it("replaces an earlier file, keeps its mode and leaves its readers the old bytes", function()
		put("f", "old")
		sh("chmod 640 f")
		local reader = assert(io.open(path("f")))
		assert.is_true(system.write(path("f"), ""))
		assert.equal("old", reader:read("a"))
		reader:close()
		assert.equal("", get("f"))
		assert.equal("640", sh("stat -c %a f"))
		assert.same({ "f" }, system.list(folder))
	end)

	it("writes to a relative path", function()
		assert.equal("true", lua("true", "print(system.write(\"here\", \"x\"))", ""))
		assert.equal("x", get("here"))
	end)

	it("follows symbolic links to the end and keeps them", function()
		sh("mkdir d; echo old >d/f; ln -s f d/second; ln -s d/second first; ln -s " .. folder .. "/d/f absolute")
		assert.is_true(system.write(path("first"), "1"))
		assert.equal("1", get("d/f"))
		assert.is_true(system.write(path("absolute"), "2"))
		assert.equal("2", get("d/f"))
		assert.equal("d/second f", sh("readlink first d/second | xargs"))
		assert.same({ "f", "second" }, system.list(path("d")))
	end)

	it("makes the file that a symbolic link promises", function()
		sh("mkdir d; ln -s d/new link")
		assert.is_true(system.write(path("link"), "x"))
		assert.equal("x", get("d/new"))
		assert.equal("d/new", sh("readlink link"))
	end)

	it("refuses a circle of symbolic links", function()
		sh("ln -s b a; ln -s a b")
		fails({ code = "output.write", message = "cannot be written: Too many levels of symbolic links", source = path("a") },
			system.write(path("a"), "x"))
	end)

	it("writes to a device and leaves it one", function()
		assert.is_true(system.write("/dev/null", "x"))
		assert.equal("device", system.kind("/dev/null"))
	end)

	it("writes into a pipe, also one that takes little at a time", function()
		sh("mkfifo p")
		os.execute(("cat %s/p >%s/got &"):format(folder, folder))
		local bytes = ("0123456789"):rep(50000)
		assert.is_true(system.write(path("p"), bytes))
		for _ = 1, 100 do
			if #get("got") == #bytes then break end
			os.execute("sleep 0.02")
		end
		assert.equal(bytes, get("got"))
		assert.equal("pipe", system.kind(path("p")))
	end)

	it("writes to /dev/stdout after what is already there", function()
		assert.equal("", lua("echo first >out", "print(\"second\") io.flush() system.write(\"/dev/stdout\", \"third\\n\")", ">>out"))
		assert.equal("first\nsecond\nthird\n", get("out"))
		assert.equal("x", lua("true", "system.write(\"/dev/stdout\", \"x\")", "| cat"))
		assert.equal("x", lua("true", "system.write(\"/dev/fd/3\", \"x\")", "3>three; cat three"))
	end)

	it("tells a directory, a missing directory and a path through a file apart", function()
		put("f", "old")
		fails({ code = "output.directory", message = "cannot be written: it is a directory", source = folder }, system.write(folder, "x"))
		fails({ code = "output.missing", message = ("cannot be written: there is no directory \"%s/\""):format(path("none")),
			source = path("none/f") }, system.write(path("none/f"), "x"))
		fails({ code = "output.missing", message = "cannot be written: a part of the path is not a directory", source = path("f/g") },
			system.write(path("f/g"), "x"))
		fails({ code = "output.missing", message = "cannot be written: the path is empty", source = "" }, system.write("", "x"))
		fails({ code = "output.write", message = "a path cannot hold a NUL byte", source = path("n\0") }, system.write(path("n\0"), "x"))
		assert.same({ "f" }, system.list(folder))
		assert.equal("old", get("f"))
	end)

	it("names the directory that takes no file", function()
		local result, err = system.write("/sys/samzak8s-test", "x")
		assert.is_nil(result)
		assert.equal("output.read-only", err.code)
		assert.matches("^cannot be written: no file can be made in \"/sys/\": ", err.message)
	end)

	it("says that a full device is full", function()
		fails({ code = "output.write", message = "cannot be written: No space left on device", source = "/dev/full" },
			system.write("/dev/full", "x"))
	end)

	it("leaves the earlier file and no other when the new one does not fit", function()
		put("f", "old")
		assert.equal("output.write cannot be written: File too large", lua("trap '' XFSZ; ulimit -f 1",
			"local _, err = system.write(\"f\", (\"x\"):rep(100000)) print(err.code, err.message)", "| tr '\\t' ' '"))
		assert.equal("old", get("f"))
		assert.same({ "f" }, system.list(folder))
	end)

	it("takes the longest file name and refuses a longer one", function()
		local longest = ("n"):rep(255)
		assert.is_true(system.write(path(longest), "x"))
		assert.same({ longest }, system.list(folder))
		fails({ code = "output.write", message = "cannot be written: File name too long", source = path(longest .. "n") },
			system.write(path(longest .. "n"), "x"))
		local endless = ("d/"):rep(4000)
		fails({ code = "output.write", message = "cannot be written: File name too long", source = endless }, system.write(endless, "x"))
	end)
end)

describe("system.stdout", function()
	it("writes everything after what print left in the buffer", function()
		assert.equal("first\n1000000", lua("true", "print(\"first\") assert(system.stdout((\"x\"):rep(1000000)))",
			"| { read line; echo $line; sleep 0.05; wc -c; }"))
	end)

	it("says closed when the reader has gone, so that the program can end quietly", function()
		assert.equal("output.closed", lua("trap '' PIPE",
			"local _, err = system.stdout((\"x\"):rep(1000000)) io.stderr:write(err.code)", "| true"))
	end)

	it("says that a full device is full", function()
		assert.equal("output.write standard output: cannot be written: No space left on device", lua("true",
			"local _, err = system.stdout(\"x\") io.stderr:write(err.code, \" \", tostring(err))", ">/dev/full"))
	end)

	it("has a sister for standard error", function()
		assert.equal("x", lua("true", "assert(system.stderr(\"x\"))", ">/dev/null"))
	end)
end)

describe("system", function()
	it("tells files, directories, devices and pipes apart", function()
		put("f", "")
		sh("ln -s f link; ln -s none dangling; mkfifo p")
		assert.equal("file", system.kind(path("f")))
		assert.equal("file", system.kind(path("link")))
		assert.equal("directory", system.kind(folder))
		assert.equal("device", system.kind("/dev/null"))
		assert.equal("pipe", system.kind(path("p")))
		assert.is_nil(system.kind(path("none")))
		assert.is_nil(system.kind(path("dangling")))
		assert.is_nil(system.kind(path("f\0")))
	end)

	it("lists a directory in byte order, hidden files too", function()
		for _, name in ipairs({ "b", "B", "a", ".h", "é" }) do put(name, "") end
		assert.same({ ".h", "B", "a", "b", "é" }, system.list(folder))
		fails({ code = "file.read", message = "cannot be listed: No such file or directory", source = path("x") }, system.list(path("x")))
		fails({ code = "file.read", message = "cannot be listed: Not a directory", source = path("a") }, system.list(path("a")))
		fails({ code = "file.read", message = "a path cannot hold a NUL byte", source = "\0" }, system.list("\0"))
	end)

	it("makes a directory, content with one that is there", function()
		assert.is_true(system.mkdir(path("d")))
		assert.is_true(system.mkdir(path("d")))
		put("f", "")
		fails({ code = "output.mkdir", message = "cannot be made: File exists", source = path("f") }, system.mkdir(path("f")))
		fails({ code = "output.mkdir", message = "cannot be made: No such file or directory", source = path("x/y") },
			system.mkdir(path("x/y")))
		fails({ code = "output.mkdir", message = "a path cannot hold a NUL byte", source = "\0" }, system.mkdir("\0"))
	end)

	it("removes a file or an empty directory", function()
		put("f", "")
		sh("mkdir -p d full/x")
		assert.is_true(system.remove(path("f")))
		assert.is_true(system.remove(path("d")))
		fails({ code = "output.remove", message = "cannot be removed: Directory not empty", source = path("full") },
			system.remove(path("full")))
		fails({ code = "output.remove", message = "cannot be removed: No such file or directory", source = path("f") },
			system.remove(path("f")))
		fails({ code = "output.remove", message = "a path cannot hold a NUL byte", source = "\0" }, system.remove("\0"))
	end)

	it("renames a file over another", function()
		assert(system.write(path("from"), "new"))
		assert(system.write(path("to"), "old"))
		assert.is_true(system.rename(path("from"), path("to")))
		assert.equal("new", system.read(path("to")))
		assert.is_nil(system.kind(path("from")))
		fails({ code = "output.write", message = "cannot be renamed: No such file or directory", source = path("from") },
			system.rename(path("from"), path("to")))
		fails({ code = "output.write", message = "a path cannot hold a NUL byte", source = "a" }, system.rename("a", "b\0c"))
	end)

	it("reads the environment", function()
		assert.equal(os.getenv("HOME"), system.getenv("HOME"))
		assert.is_nil(system.getenv("SAMZAK8S_NOT_SET"))
		assert.equal(os.getenv("PATH"), system.environ().PATH)
		assert.equal("a=b  true", lua("export X=a=b Y=",
			"local e = system.environ() io.write(e.X, \" \", e.Y, \" \", tostring(e.Z == nil))", ""))
	end)

	it("has a clock in whole milliseconds that does not go back", function()
		local before = system.now_ms()
		assert.equal("integer", math.type(before))
		os.execute("sleep 0.03")
		local passed = system.now_ms() - before
		assert.is_true(passed >= 30 and passed < 5000)
	end)

	it("knows a terminal when it sees one", function()
		assert.equal("false", lua("true", "print(system.isatty(0))", "</dev/null"))
		assert.has_error(function() system.isatty(-1) end)
		assert.has_error(function() system.isatty(1 << 32) end)
	end)
end)
