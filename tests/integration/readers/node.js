// SPDX-License-Identifier: Apache-2.0

// node.js yaml|js-yaml: reads YAML documents from stdin with that package and prints them as one JSON array.
const text = require("fs").readFileSync(0, "utf8");

const read = {
	yaml: () => require("yaml").parseAllDocuments(text).map((document) => {
		if (document.errors.length > 0) throw document.errors[0];
		return document.toJS();
	}),
	"js-yaml": () => require("js-yaml").loadAll(text),
};

process.stdout.write(JSON.stringify(read[process.argv[2]]()));
