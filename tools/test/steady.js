'use strict';

/*
 * `npm run test:steady [-- runs]`: all tests again and again (20 times, or as often as given) next to a process that
 * keeps a processor busy. A test that depends on the speed of the machine fails. Prints one line per run, and the names
 * of the tests that failed.
 */

const { spawn, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { ROOT } = require('../setup');

const RUNS = 20;

/** One run of all tests. @returns {{ passed: number, failed: string[], ms: number }} ms of real time */
function runOnce(report) {
	const began = Date.now();
	fs.rmSync(report, { force: true });
	const test = path.join(ROOT, 'tools', 'test.js');
	const args = [test, '--silent', '--json', `--outputFile=${report}`];
	const { error } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'ignore' });
	if (error) throw error;
	const ms = Date.now() - began;
	if (!fs.existsSync(report)) return { passed: 0, failed: ['jest ended without a report'], ms };
	const { numPassedTests, testResults } = JSON.parse(fs.readFileSync(report, 'utf8'));
	const failed = testResults.flatMap(({ name, status, assertionResults }) => {
		const red = assertionResults.filter((test) => test.status === 'failed');
		const file = path.relative(ROOT, name);
		if (status === 'failed' && red.length === 0) return [`${file}: could not be run`];
		return red.map(({ fullName }) => `${file}: ${fullName}`);
	});
	return { passed: numPassedTests, failed, ms };
}

function main() {
	const runs = Number(process.argv[2] ?? RUNS);
	if (!Number.isInteger(runs) || runs < 1) {
		throw new Error('The number of runs must be a whole number of at least 1');
	}
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hailuo-steady-'));
	// It ends by itself when this process is gone, because nothing else would end it after a kill.
	const busy = `setInterval(() => { for (const end = Date.now() + 500; Date.now() < end; ); if (process.ppid !== ${process.pid}) process.exit(); }, 0)`;
	const hog = spawn(process.execPath, ['-e', busy], { stdio: 'ignore' });
	let green = 0;
	try {
		for (let run = 1; run <= runs; run++) {
			const { passed, failed, ms } = runOnce(path.join(folder, 'report.json'));
			if (failed.length === 0) green++;
			const word = failed.length ? 'red' : 'green';
			console.log(
				`${run}: ${word}, ${passed} passed, ${failed.length} failed, ${Math.round(ms / 1000)} s`,
			);
			for (const name of failed) console.log(`   ${name}`);
		}
	} finally {
		hog.kill();
		fs.rmSync(folder, { recursive: true, force: true });
	}
	console.log(`${green} of ${runs} runs were green`);
	process.exitCode = green === runs ? 0 : 1;
}

main();
