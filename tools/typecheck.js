'use strict';

// Type-checks the JavaScript of test/ and tools/ by its JSDoc, as `tsc` would with `checkJs`. Files that have errors yet
// are listed in typecheck.todo.json: that list only gets shorter. `--write` writes it anew.
const fs = require('node:fs');
const path = require('node:path');
const ts = require('typescript');

const ROOT = path.join(__dirname, '..');
const TODO = path.join(__dirname, 'typecheck.todo.json');

function diagnostics() {
	const { config } = ts.readConfigFile(path.join(ROOT, 'tsconfig.json'), ts.sys.readFile);
	const { options, fileNames } = ts.parseJsonConfigFileContent(
		{
			compilerOptions: {
				...config.compilerOptions,
				...{ allowJs: true, checkJs: true, noEmit: true, noImplicitAny: false },
				// JavaScript cannot say that a member is set after the constructor.
				strictPropertyInitialization: false,
				...{ lib: ['es2023', 'dom', 'dom.iterable'], types: ['node', 'jest'] },
			},
			include: ['test/**/*.js', 'tools/**/*.js', '*.js'],
		},
		ts.sys,
		ROOT,
	);
	const program = ts.createProgram(fileNames, options);
	const found = fileNames.flatMap((file) =>
		ts.getPreEmitDiagnostics(program, program.getSourceFile(file)).filter((one) => one.file),
	);
	return { files: fileNames.length, found };
}

function main() {
	const { files, found } = diagnostics();
	const nameOf = ({ file }) => path.relative(ROOT, file.fileName).split(path.sep).join('/');
	const faulty = [...new Set(found.map(nameOf))].sort();
	if (process.argv.includes('--write')) {
		fs.writeFileSync(TODO, `${JSON.stringify(faulty, undefined, '\t')}\n`);
	}
	const todo = JSON.parse(fs.readFileSync(TODO, 'utf8'));
	const wrong = found.filter((one) => !todo.includes(nameOf(one)));
	const done = todo.filter((name) => !faulty.includes(name));
	const host = {
		getCanonicalFileName: String,
		getCurrentDirectory: () => ROOT,
		getNewLine: () => '\n',
	};
	if (wrong.length > 0) console.error(ts.formatDiagnostics(wrong, host));
	if (done.length > 0)
		console.error(`Without errors now, so take them off the list: ${done.join(', ')}`);
	console.log(`${files - faulty.length} of ${files} JavaScript files are type-checked`);
	process.exitCode = wrong.length + done.length > 0 ? 1 : 0;
}

main();
