'use strict';

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const ROOT = path.join(__dirname, '..', '..');

/* The rules of test/jest/environment.js: two equal files run in one process. Each leaves behind all that a file can. */
const FILE = `
const workflow = require('n8n-workflow');
const state = require('./state');
test('finds nothing that another file left', () => {
	expect([globalThis.left, process.env.HAILUO_LEFT, state.left]).toEqual([undefined, undefined, undefined]);
	expect([process.env.HAILUO_KEPT, setTimeout.left, console.left]).toEqual(['kept', undefined, undefined]);
});
test('shares the errors and arrays of n8n and of Node', () => {
	expect(new workflow.WorkflowOperationError('') instanceof Error).toBe(true);
	expect(require('node:fs').readdirSync('.') instanceof Array).toBe(true);
	expect((() => { try { null.x } catch (error) { return error } })() instanceof TypeError).toBe(true);
});
test('n8n-workflow was loaded ' + (workflow.loaded ? 'before' : 'now'), () => {});
afterAll(() => {
	workflow.loaded = true;
	globalThis.left = process.env.HAILUO_LEFT = state.left = 'left';
	process.env.HAILUO_KEPT = 'changed';
	globalThis.setTimeout = Object.assign((...args) => ofNode(...args), { left: true });
	globalThis.console = { ...console, left: true };
});
const ofNode = setTimeout;
`;

test('a test file finds n8n loaded, and nothing that another one left', () => {
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'hailuo-environment-'));
	try {
		for (const name of ['a.test.js', 'b.test.js']) fs.writeFileSync(path.join(dir, name), FILE);
		fs.writeFileSync(path.join(dir, 'state.js'), '');
		const { testEnvironment, moduleNameMapper } = require('../../jest.config');
		const config = {
			...{ rootDir: ROOT, roots: [dir], cacheDirectory: dir, transform: {} },
			...{ testEnvironment, moduleNameMapper },
		};
		const args = [require.resolve('jest/bin/jest'), '-i', '--json'];
		const env = { ...process.env, HAILUO_KEPT: 'kept' };
		const { stdout, stderr } = spawnSync(
			process.execPath,
			[...args, `--config=${JSON.stringify(config)}`],
			{ cwd: ROOT, env, encoding: 'utf8' },
		);
		const { testResults = [] } = stdout ? JSON.parse(stdout) : {};
		const said = testResults.flatMap((file) =>
			file.assertionResults.map(({ title, status }) => `${title}: ${status}`),
		);
		const same = [
			'finds nothing that another file left: passed',
			'shares the errors and arrays of n8n and of Node: passed',
		];
		expect({ said, stderr: said.length === 6 ? '' : stderr }).toEqual({
			said: [
				...same,
				'n8n-workflow was loaded now: passed',
				...same,
				'n8n-workflow was loaded before: passed',
			],
			stderr: '',
		});
	} finally {
		fs.rmSync(dir, { recursive: true, force: true });
	}
});
