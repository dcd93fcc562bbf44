// The checks that n8n's reviewers run on a published package, run here before it is published:
// n8n's own scanner on the sources and on the packed tarball, what the tarball may hold, and n8n's loader.
// Arguments: folders of packages that are built already; without any, this package, built anew.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import {
	analyzePackage,
	SOURCE_FILE_PATTERNS,
} from '@n8n/scan-community-package/scanner/scanner.mjs';

const require = createRequire(import.meta.url);
const { packPackage, ROOT, unpack } = require('./n8n/package');
const { run } = require('./n8n/processes');

/** n8n installs the package on a running server: it is to be small. A third of it is the library that joins videos. */
const MAX_BYTES = 240_000;

/** What runs in n8n, and what npm always adds. Tests, sources and build tools do not belong. */
const MAY_SHIP = [
	/^package\.json$/,
	/^(README|LICENSE|CHANGELOG)(\.md)?$/,
	/^index\.js$/,
	/^dist\/(credentials|nodes)\/.+\.js$/,
	/^dist\/nodes\/.+\.node\.json$/,
	/^dist\/(nodes|credentials|icons)\/.+\.(svg|png)$/,
];

const problems = [];

async function lint(what, dir, patterns) {
	const result = await analyzePackage(dir, patterns);
	console.log(`${what}: ${result.passed ? 'no finding' : 'FINDINGS'}`);
	// "No files found" also counts as passed: then nothing has been checked.
	if (!result.passed || result.message) {
		problems.push(`${what}: ${result.message}\n${result.details ?? ''}`);
	}
}

function checkManifest({ dependencies = {}, n8n }, dir) {
	const names = Object.keys(dependencies);
	if (names.length) problems.push(`The package has runtime dependencies: ${names.join(', ')}`);
	for (const file of [...n8n.nodes, ...n8n.credentials]) {
		if (!fs.existsSync(path.join(dir, file))) {
			problems.push(`package.json names ${file}, which is not in the tarball`);
		}
	}
}

function checkFiles({ files, size }) {
	const strays = files.map((file) => file.path).filter((p) => !MAY_SHIP.some((ok) => ok.test(p)));
	if (strays.length) problems.push(`The tarball holds what does not run: ${strays.join(', ')}`);
	if (size > MAX_BYTES) problems.push(`The tarball has ${size} bytes, more than ${MAX_BYTES}`);
	const unpacked = files.reduce((sum, file) => sum + file.size, 0);
	console.log(`Tarball: ${size} bytes, ${files.length} files, ${unpacked} bytes unpacked`);
}

/** That n8n's own loader takes it, from the tarball alone: n8n-workflow is n8n's. */
async function checkLoading(dir) {
	const env = { ...process.env, NODE_PATH: path.join(ROOT, 'node_modules') };
	const args = [path.join(ROOT, 'tools/n8n/loading.js'), dir];
	const findings = await run('loading the package', process.execPath, args, { env });
	console.log(`Loaded by n8n: ${findings ? 'FINDINGS' : 'no finding'}`);
	if (findings) problems.push(findings.trimEnd());
}

/** @param {{root: string, build: boolean}} options */
async function scan(options) {
	const temp = fs.mkdtempSync(path.join(os.tmpdir(), 'hailuo-scan-'));
	try {
		const packed = await packPackage({ ...options, outDir: temp });
		const dir = path.join(temp, 'package');
		await unpack(packed.tarball, dir);
		console.log(packed.name);
		await lint('Source', options.root, SOURCE_FILE_PATTERNS);
		await lint('Tarball', dir, ['**/*.js', 'package.json']);
		checkManifest(JSON.parse(fs.readFileSync(path.join(dir, 'package.json'), 'utf8')), dir);
		checkFiles(packed);
		await checkLoading(dir);
	} finally {
		fs.rmSync(temp, { recursive: true, force: true });
	}
}

const given = process.argv.slice(2).map((dir) => ({ root: path.resolve(dir), build: false }));
const own = { root: fileURLToPath(new URL('..', import.meta.url)), build: true };
for (const options of given.length ? given : [own]) await scan(options);
for (const problem of problems) console.error(problem);
console.log(problems.length ? `Scan: ${problems.length} problems` : 'Scan: nothing found');
process.exitCode = problems.length ? 1 : 0;
