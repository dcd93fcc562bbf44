'use strict';

/* What a release depends on and no tool checks: one address of the repository everywhere, and workflows that work. */

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { editions } = require('../../tools/editions/editions');
const {
	moved,
	ownRepository,
	repositoryFor,
	textFiles,
} = require('../../tools/editions/repository');
const manifest = require('../../package.json');

const ROOT = path.join(__dirname, '..', '..');
const read = (file) => fs.readFileSync(path.join(ROOT, file), 'utf8');
const repository = ownRepository();

describe('the address of the repository is in one place', () => {
	const packages = [manifest, ...editions].map(({ name }) => name);

	test('every file that names it has the one of package.json (npm run repository)', () => {
		const mention = /github\.com\/([\w.-]+\/[\w.-]+?)(?=\.git\b|[^\w.-]|\.?$|\.\s)/gm;
		const allowed = [repository, ...editions.map(repositoryFor)];
		const strays = textFiles().flatMap((file) =>
			[...read(file).matchAll(mention)]
				.map(([, named]) => named)
				.filter((named) => packages.includes(named.split('/')[1]) && !allowed.includes(named))
				.map((named) => `${file}: ${named}`),
		);
		expect(strays).toEqual([]);
		const naming = textFiles().filter((file) => read(file).includes(`github.com/${repository}`));
		expect(naming).toEqual(
			expect.arrayContaining(['README.md', 'package.json', 'nodes/Hailuo/Hailuo.node.json']),
		);
	});

	test('each edition has its own, with the same owner', () => {
		const [owner] = repository.split('/');
		expect(editions.map(repositoryFor)).toEqual(editions.map(({ name }) => `${owner}/${name}`));
	});

	test('a move changes links, clone addresses and anchors, but no longer names that contain it', () => {
		const text =
			'https://github.com/a/b#x github.com/a/b.git github.com/a/b-c github.com/a/b/issues';
		expect(moved(text, 'a/b', 'new/home')).toBe(
			'https://github.com/new/home#x github.com/new/home.git github.com/a/b-c github.com/new/home/issues',
		);
	});
});

test('npm accepts a first version with provenance only if the access is set to public', () => {
	expect(manifest.publishConfig).toEqual({ access: 'public' });
});

describe('workflows', () => {
	const workflows = ['ci', 'publish'].map((name) => `.github/workflows/${name}.yml`);

	test.each(workflows)('%s: actions are pinned to a commit, and its commands exist', (file) => {
		const text = read(file);
		const actions = [...text.matchAll(/uses: (.+)$/gm)].map(([, action]) => action);
		expect(actions.length).toBeGreaterThan(0);
		for (const action of actions) {
			expect(action).toMatch(/^actions\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
		}
		const scripts = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name);
		expect(scripts.filter((name) => !(name in manifest.scripts))).toEqual([]);
		expect(text).toMatch(/^ *contents: read$/m);
	});

	test('the release is tested and scanned before it is published, and may ask for an identity', () => {
		const text = read('.github/workflows/publish.yml');
		const steps = ['npm ci', 'npm test', 'npm run build', 'npm run scan', 'n8n-node release'];
		const places = steps.map((step) =>
			text.search(new RegExp(`^ +(- run: )?(npx .*)?${step}`, 'm')),
		);
		expect(places).not.toContain(-1);
		expect(places).toEqual([...places].sort((a, b) => a - b));
		expect(text).toMatch(/^ *id-token: write$/m);
	});

	test('GitHub runs the same checks as this machine, on each version of Node that n8n supports', () => {
		const text = read('.github/workflows/ci.yml');
		expect(text).toMatch(/- run: \.ci\/run$/m);
		const list = /node: \[([\d, ]+)\]/.exec(text)?.[1];
		const oldest = />=(\d+)/.exec(manifest.engines.node)?.[1];
		expect(oldest).toBeDefined();
		expect(list?.split(', ')).toEqual(expect.arrayContaining([oldest, '22', '24']));
	});
});

describe('the first step of a release', () => {
	const text = read('.github/workflows/publish.yml');
	const program = /node -e '\n([^']+)'/.exec(text)?.[1] ?? '';
	const good = {
		version: '1.2.3',
		repository: { url: 'git+https://github.com/owner/name.git' },
		author: { email: 'someone@example.com' },
	};
	/** @returns {[status: number | null, says: string]} */
	function start(packageJson, tag = '1.2.3', here = 'owner/name') {
		const cwd = fs.mkdtempSync(path.join(os.tmpdir(), 'hailuo-release-'));
		try {
			fs.writeFileSync(path.join(cwd, 'package.json'), JSON.stringify(packageJson));
			const env = { ...process.env, GITHUB_REF_NAME: tag, GITHUB_REPOSITORY: here };
			const { status, stdout } = spawnSync(process.execPath, ['-e', program], { cwd, env });
			return [status, stdout.toString().trim()];
		} finally {
			fs.rmSync(cwd, { recursive: true });
		}
	}

	test('continues if package.json, tag and repository agree', () => {
		expect(start(good)).toEqual([0, '']);
	});

	test('stops at another tag, another repository, or an address that cannot be read', () => {
		expect(start(good, 'v1.2.3')).toEqual([1, expect.stringContaining('the tag v1.2.3')]);
		expect(start(good, '1.2.3', 'fork/name')).toEqual([1, expect.stringContaining('fork/name')]);
		const unread = { ...good, author: { email: 'x@users.noreply.github.com' } };
		expect(start(unread)).toEqual([1, expect.stringContaining('nobody reads')]);
	});
});
