'use strict';

// `node tools/n8n/loading.js <folder of a built package>`: loads it with n8n's own loader, and again as n8n
// does while it runs, whenever any community package is installed, updated or removed. Prints what is not as
// it should be, one finding a line. A program of its own, because n8n-core reads its settings when required.
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

/** @returns {Promise<string[]>} */
async function checkLoading(dir) {
	const { PackageDirectoryLoader } = require('n8n-core');
	const { n8n } = JSON.parse(fs.readFileSync(path.join(dir, 'package.json'), 'utf8'));
	const loader = new PackageDirectoryLoader(dir);
	await loader.loadAll();
	const { nodes, credentials } = loader.types;
	const findings = [];
	if (nodes.length !== n8n.nodes.length) findings.push(`n8n loads ${nodes.length} nodes`);
	if (credentials.length !== n8n.credentials.length) {
		findings.push(`n8n loads ${credentials.length} credentials`);
	}
	for (const { name, iconUrl } of [...nodes, ...credentials]) {
		for (const mode of ['light', 'dark']) {
			const file = iconUrl?.[mode]?.replace(`icons/${loader.packageName}/`, '');
			if (!file || !fs.existsSync(path.join(dir, file)))
				findings.push(`${name} has no ${mode} icon`);
		}
		const node = nodes.find((one) => one.name === name);
		if (node && !node.codex?.categories?.length) findings.push(`${name} has no codex`);
	}
	for (const { name, supportedNodes } of credentials) {
		if (!supportedNodes?.length) findings.push(`${name} is used by no node`);
	}
	const first = JSON.stringify(nodes);
	for (let time = 0; time < 2; time++) {
		loader.releaseTypes();
		await loader.ensureTypesLoaded();
	}
	if (JSON.stringify(loader.types.nodes) !== first) {
		findings.push(
			'After a second load the package differs: n8n has written into what its classes share',
		);
	}
	return findings;
}

if (require.main === module) {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hailuo-load-'));
	process.once('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
	Object.assign(process.env, { N8N_USER_FOLDER: folder, N8N_ENCRYPTION_KEY: 'test-only' });
	process.env.N8N_LOG_LEVEL = 'silent';
	require('reflect-metadata');
	checkLoading(path.resolve(process.argv[2]))
		.then((findings) => findings.forEach((finding) => console.log(finding)))
		.catch((error) => {
			console.error(error);
			process.exit(1);
		});
}
