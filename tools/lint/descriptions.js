'use strict';

// `npm run lint:descriptions`: n8n's lint on the texts that users see. Most of them are derived from the
// catalogue, and lint reads only literals. So the final descriptions are written as literals into a copy
// of the package, outside the repository, and the same lint checks that copy.
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { ROOT } = require('../n8n/package');
const { compile, loadDescribed } = require('./described');
const { withLiterals } = require('./literals');

/** The rules for what users see; the others are for code, which `npm run lint` has done. */
const OURS = /^(n8n-nodes-base|@n8n\/community-nodes)\//;

/** Writes the copy. @returns {string[]} its TypeScript files */
function stage(root, described, dir) {
	for (const file of ['package.json', 'icons', 'node_modules']) {
		fs.symlinkSync(path.join(root, file), path.join(dir, file));
	}
	const write =
		(fields) =>
		({ file, instance }) => {
			const source = fs.readFileSync(path.join(root, file), 'utf8');
			const target = path.join(dir, file);
			fs.mkdirSync(path.dirname(target), { recursive: true });
			fs.writeFileSync(target, withLiterals(source, instance, fields));
			return target;
		};
	return [
		...described.nodes.map(write(['description'])),
		...described.credentials.map(write(['properties'])),
	];
}

/** Breaks two rules of lint, to show that the rules really run. */
const WRONG = `export const field: INodeProperties = {
	displayName: 'wrong case', name: 'x', type: 'string', default: '', description: 'A sentence.' };`;

async function lint(files, dir) {
	const { ESLint } = require('eslint');
	// @ts-expect-error -- the `node` resolution of the tsconfig does not read the `exports` of a package
	const { config } = require('@n8n/node-cli/eslint');
	const eslint = new ESLint({
		cwd: dir,
		overrideConfigFile: true,
		overrideConfig: config,
		allowInlineConfig: false,
	});
	const filePath = path.join(dir, 'nodes', 'Wrong.ts');
	const [{ messages }] = await eslint.lintText(WRONG, { filePath });
	if (messages.filter(isOurs).length < 2) throw new Error('Lint does not see what is wrong');
	return await eslint.lintFiles(files);
}

/** About code, not texts: an address that only resumes an execution is neither registered nor removed anywhere. */
const NOT_OURS = '@n8n/community-nodes/webhook-lifecycle-complete';

/** @param {import('eslint').Linter.LintMessage} message @returns {boolean} */
const isOurs = ({ ruleId, fatal }) => fatal || (ruleId !== NOT_OURS && OURS.test(ruleId ?? ''));

/** The rule requires N8n, but n8n's own name is in lower case, also in a title. */
const isName = ({ ruleId, line }, source) =>
	/param-display-name-miscased$/.test(ruleId ?? '') && /\bn8n\b/.test(source.split('\n')[line - 1]);

/** A finding with its lines, because the position in the copy says little. */
function show({ filePath, source }, { ruleId, message, line, endLine = line }) {
	const lines = source.split('\n').slice(line - 1, Math.min(endLine, line + 4));
	const quoted = lines.map((text) => `    ${text.trim()}`).join('\n');
	return `${path.basename(filePath)}: ${ruleId}: ${message}\n${quoted}`;
}

/**
 * @param {string} [root] a package with its sources and node_modules
 * @returns {Promise<{findings: string[], lines: number}>} lines: how many were checked
 */
async function lintDescriptions(root = ROOT) {
	const temp = fs.mkdtempSync(path.join(os.tmpdir(), 'hailuo-lint-'));
	try {
		const compiled = path.join(temp, 'compiled');
		const dir = path.join(temp, 'package');
		fs.mkdirSync(dir);
		fs.mkdirSync(compiled);
		fs.symlinkSync(path.join(root, 'node_modules'), path.join(temp, 'node_modules'));
		await compile(compiled, root);
		const files = stage(root, loadDescribed(root, compiled), dir);
		const results = await lint(files, dir);
		const findings = results.flatMap((result) => {
			const source = fs.readFileSync(result.filePath, 'utf8');
			return result.messages
				.filter((message) => isOurs(message) && !isName(message, source))
				.map((message) => show({ ...result, source }, message));
		});
		const lines = files
			.map((file) => fs.readFileSync(file, 'utf8').split('\n').length)
			.reduce((sum, count) => sum + count, 0);
		// One text of the catalogue can stand in many fields.
		return { findings: [...new Set(findings)], lines };
	} finally {
		fs.rmSync(temp, { recursive: true, force: true });
	}
}

module.exports = { lintDescriptions };

if (require.main === module) {
	lintDescriptions()
		.then(({ findings, lines }) => {
			for (const finding of findings) console.log(finding);
			console.log(`Descriptions: ${findings.length} findings in ${lines} lines`);
			process.exitCode = findings.length ? 1 : 0;
		})
		.catch((error) => {
			console.error(error);
			process.exit(1);
		});
}
