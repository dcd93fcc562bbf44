'use strict';

/*
 * Type-checks the JavaScript of test/ and tools/ by its JSDoc, as `tsc` does with `checkJs`. `tsc` itself is not used,
 * because it would also check the TypeScript that the tests require, with a browser's types next to Node's.
 */
const path = require('node:path');
const ts = require('typescript');

const ROOT = path.join(__dirname, '..');

function diagnostics() {
	const { config } = ts.readConfigFile(path.join(ROOT, 'tsconfig.json'), ts.sys.readFile);
	const { options, fileNames } = ts.parseJsonConfigFileContent(
		{
			compilerOptions: {
				...config.compilerOptions,
				...{ allowJs: true, checkJs: true, noEmit: true },
				// A parameter without JSDoc may be anything.
				noImplicitAny: false,
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
	const host = {
		getCanonicalFileName: String,
		getCurrentDirectory: () => ROOT,
		getNewLine: () => '\n',
	};
	if (found.length > 0) console.error(ts.formatDiagnostics(found, host));
	console.log(`${files} JavaScript files, ${found.length} errors`);
	process.exitCode = found.length > 0 ? 1 : 0;
}

main();
