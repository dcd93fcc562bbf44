'use strict';

const fc = require('fast-check');
const http = require('node:http');
const { inspect } = require('node:util');
const engine = require('../../test/engine/harness');
const { jpeg } = require('../../test/engine/pictures');
const { drawAnswer, setAnswer } = require('./badAnswers');
const { drawCase, parametersOf, placesToTry } = require('./badInputCases');
const { withSimulator } = require('./support');
const { listen } = require('../../test/simulator/listen');

/*
 * Whatever the input and the answers: nothing that the model refuses is submitted, every error names its field, and no
 * key gets out. Most cases run as items of one batch, many in one execution.
 */

/** Keys as providers give them, and one with every character that JSON, URLs and patterns treat in their own way. */
const KEYS = {
	waveSpeed: 'wsk_test-only/0123+456=789"\\x',
	vtrix: 'sa-test-only-0123456789',
	miniMax: 'eyJtest.only-0123456789_abc$&',
};

const SETTINGS = {
	jobTime: 20_000,
	keys: KEYS,
	// A field that the model's schema does not have counts as refused too.
	strictFields: true,
};

/** Messages that show an error in the node itself. They must never appear. */
const OUR_FAULT =
	/is not a function|is not iterable|Cannot (read|convert|set|destructure)|\[object |Unexpected token|Invalid (time|array|URL)|out of range|Maximum call|of undefined|of null/;

/** Ends the case: the property fails with everything that is needed to see why. */
function broken(rule, ...facts) {
	throw new Error(
		`${rule}\n${facts.map((fact) => inspect(fact, { depth: 8, maxStringLength: 300, maxArrayLength: 5 })).join('\n')}`,
	);
}

/** The time for one kind of cases, in ms of real time. */
const MAX_MS = 3_600_000;

let files;

/** The binary data of an item, by the name that its case gives. */
async function loadFiles() {
	const picture = jpeg(640, 480);
	files = {
		good: await engine.binaryFrom(picture),
		small: await engine.binaryFrom(jpeg(200, 200)),
		page: await engine.binaryFrom(Buffer.from('<!doctype html><p>Not found'), {
			mimeType: 'image/jpeg',
		}),
		empty: await engine.binaryFrom(Buffer.alloc(0)),
		cut: await engine.binaryFrom(picture.subarray(0, 6)),
	};
}

const itemFor = ({ p, file }) => ({
	json: { p },
	...(files[file] ? { binary: { data: files[file], lastFrame: files[file] } } : {}),
});

/** A key in any form in which it might be printed. */
function checkSecrets(sim, ...values) {
	const text = inspect(values, { depth: 30, maxArrayLength: null, maxStringLength: null });
	for (const key of Object.values(KEYS)) {
		const escaped = JSON.stringify(key).slice(1, -1);
		const printed = key.replaceAll('\\', '\\\\');
		const forms = [key, escaped, printed, encodeURIComponent(key), btoa(key)];
		const form = forms.find((each) => text.includes(each));
		if (form) {
			const at = text.indexOf(form);
			broken('A key got out', form, text.slice(Math.max(0, at - 300), at + 200));
		}
	}
	if (sim.leaks.length) broken('A key went to a wrong place', sim.leaks);
}

/** Checks that a row or an error says where the mistake is and what to do next. */
/**
 * @param {{ message: any, description?: any, field?: unknown, jobId?: unknown, code?: unknown, httpCode?: unknown }} error
 *   as an item or a thrown error tells it
 * @param {unknown[]} facts to print where it is wrong
 */
function checkError({ message, description, field, jobId, code, httpCode }, ...facts) {
	if (typeof message !== 'string' || message === '') broken('Without a message', ...facts);
	if (OUR_FAULT.test(`${message} ${description}`)) broken('A fault of the node', message, ...facts);
	const refused = Boolean(code ?? httpCode) || /answered|connection|price/i.test(message);
	const says = field || jobId || (refused && description) || /may exist/.test(message);
	if (!says) broken('Neither a field nor a job nor a refusal', message, description, ...facts);
	if (!field && !description) broken('Says nothing of what to do next', message, ...facts);
}

const isCustom = ({ p }) => /^custom/.test(String(p.model));

/**
 * What the editor offers and may be refused all the same: not every model has a price that the provider tells beforehand,
 * so that a limit cannot be kept, and no picture's server is reached from here.
 */
const NOT_TO_BE_HAD =
	/^The price could not be determined|does not report a price|could not be fetched: the server/;

/** Nothing but what the lists and hints of the editor offer; what a model typed in by hand takes, nobody knows. */
const isOffered = (each) => each.bad.length === 0 && !isCustom(each);

/** A job of the queue is known to users by its model too: `<model>:<id>`. */
const isMade = (sim, jobId) => sim.jobs.has(String(jobId).split(':').pop());

const submits = (sim) => sim.requests.filter(({ kind }) => kind === 'submit');

/** MiniMax calls the address before it takes the job (docs/providers.md C.4), and nobody answers there. */
const isUncalled = ({ provider, body }) => provider === 'miniMax' && Boolean(body?.callback_url);

/** Runs the cases as items of one batch. @returns what was refused and what was sent, for the figures */
async function batchOf(sim, place, cases) {
	sim.reset();
	engine.logs.length = 0;
	const { items, error, run } = await engine.runNode({
		credentials: credentialsFor(sim),
		items: cases.map(itemFor),
		parameters: parametersOf(place, { batch: false }),
		node: { onError: 'continueRegularOutput' },
	});
	if (error) broken('The run did not go on', place, error);
	checkSecrets(sim, items, engine.logs, run.data.resultData.error);
	const rows = cases.map(() => []);
	for (const row of items) rows[row.pairedItem.item].push(row.json);
	let refused = 0;
	let sent = 0;
	cases.forEach((each, i) => {
		if (rows[i].length === 0 && place.operation !== 'getAll') broken('An item is missing', each);
		for (const json of rows[i]) {
			const { error: wrong, jobId } = json;
			if (!wrong) {
				sent++;
				continue;
			}
			checkError({ ...wrong, jobId }, each, json);
			if (wrong.field) refused++;
			else sent++;
			if (isOffered(each) && wrong.field && !NOT_TO_BE_HAD.test(wrong.message)) {
				broken('Refused what the editor offers', each, json);
			}
			if (wrong.field && jobId && isMade(sim, jobId)) broken('Refused and submitted', each, json);
		}
	});
	checkPosts(sim, place, cases, rows.flat());
	return { refused, sent };
}

/** Every POST belongs to one item that was not refused, and is one that the provider takes. */
function checkPosts(sim, place, cases, rows) {
	const posts = submits(sim);
	const owners = rows.filter(({ jobId, error }) => isMade(sim, jobId) || (error && !error.field));
	if (posts.length > owners.length) {
		broken('More POSTs than items that may have sent one', place, posts.length, owners.length);
	}
	const garbled = posts.find(({ body }) => /\[object /.test(JSON.stringify(body)));
	if (garbled) broken('Submitted what nobody can have meant', garbled.body);
	const turnedDown = posts.filter((post) => !post.jobId && !isUncalled(post));
	const custom = cases.filter(isCustom).length;
	if (turnedDown.length > custom) {
		broken(
			'Submitted what the model refuses',
			turnedDown.slice(0, 2),
			rows.filter(({ error }) => error && !error.field).slice(0, 4),
		);
	}
}

/** Runs one case alone. The run may fail, and then the error must be one of n8n's classes. */
async function alone(sim, one) {
	sim.reset();
	engine.logs.length = 0;
	const { items, error } = await engine.runNode({
		credentials: credentialsFor(sim),
		items: [itemFor(one)],
		parameters: parametersOf(one.place, { batch: true }),
	});
	checkSecrets(sim, items, engine.logs, error);
	if (!error) return { refused: 0, sent: 1 };
	checkThrown(error, one);
	const refused = sim.requests.length === 0;
	const told = error.context?.jobId || NOT_TO_BE_HAD.test(error.message);
	if (isOffered(one) && refused && !told) broken('Refused what the editor offers', one, error);
	return { refused: refused ? 1 : 0, sent: refused ? 0 : 1 };
}

function checkThrown(error, ...facts) {
	if (!/^Node(Operation|Api)Error$/.test(error.name))
		broken('Another kind of error', error, ...facts);
	const field = /^'[A-Z][^']+'/.test(error.message) || /^(First|Last) Frame/.test(error.message);
	checkError(
		{
			message: error.message,
			description: error.description,
			field,
			jobId: error.context?.jobId,
			httpCode: error.httpCode,
		},
		...facts,
		error,
	);
}

/**
 * A 429 proves that the provider did not take the job, in each of the forms that mean one. A provider that takes it all
 * the same cannot be told from one that does not.
 */
const saysRefused = ({ kind, fault }) =>
	kind === 'submit' && /\b(429|1002|1039)\b/.test(JSON.stringify(fault));

/** Vtrix by its newer name, which serves both of its APIs. */
const credentialsFor = (sim) => {
	const credentials = engine.credentialsFor(sim);
	credentials.hailuoVtrixApi.baseUrl = sim.urls.seaArt;
	return credentials;
};

/** Answers of every shape to good input. */
async function answersOf(sim, place, answers) {
	sim.reset();
	engine.logs.length = 0;
	answers.forEach((answer, i) => setAnswer(sim, answer, i));
	const picture = { firstFrameSource: 'url', firstFrameUrl: 'https://example.com/a.jpg' };
	const { items, error } = await engine.runNode({
		credentials: credentialsFor(sim),
		items: answers.map((_, i) => ({ json: { text: `A paper boat #${i}.` } })),
		parameters: {
			...place,
			...(place.operation === 'imageToVideo' ? picture : {}),
			prompt: '={{ $json.text }}',
			options: { maxConcurrent: 40, submitsPerMinute: 0, timeLimit: 3 },
		},
		node: { onError: 'continueRegularOutput' },
	});
	if (error) broken('The run did not go on', error, answers);
	checkSecrets(sim, items, engine.logs);
	answers.forEach((answer, i) => {
		const rows = items.filter(({ pairedItem }) => pairedItem.item === i);
		if (rows.length !== 1) broken('Not one row', answer, rows);
		const [{ json }] = rows;
		if (json.error?.message) checkError({ ...json.error, jobId: json.jobId }, answer, json);
		else if (json.status !== 'completed') broken('Neither a video nor an error', answer, json);
		const made = [...sim.jobs.values()].filter(({ prompt }) => prompt.endsWith(`#${i}.`));
		if (made.length > 1 && !saysRefused(answer)) broken('Paid twice', answer, made.length);
	});
	return { refused: 0, sent: answers.length };
}

/** With a server that has a picture at every address outside: what n8n fetches comes from there, none of it from the internet. */
async function withPictures(work) {
	const picture = jpeg(640, 480);
	const server = http.createServer((_request, response) => response.end(picture));
	const back = engine.redirectHost('https://', `http://127.0.0.1:${await listen(server)}/`);
	try {
		return await withSimulator(SETTINGS, work);
	} finally {
		back();
		server.closeAllConnections();
		server.close();
	}
}

/**
 * @param {{ cases: number, answers: number, singles: number, perRun?: number, seed?: number, log?: (line: string) => void }} asked
 */
async function badInput({ cases, answers, singles, perRun = 250, seed = 1, log = () => {} }) {
	await loadFiles();
	const places = placesToTry();
	const total = { cases: 0, refused: 0, sent: 0 };
	const add = (count, { refused, sent }) => {
		total.cases += count;
		total.refused += refused;
		total.sent += sent;
	};
	const many = (count, draw) => Array.from({ length: count }, draw);
	const check = async (name, runs, work) => {
		const began = Date.now();
		// No shrinking: the message names the one item, and a batch takes too long to run hundreds of times.
		// All cases count, however long a busy machine takes: the limit of test/jest/fast-check.js would end them early.
		const options = { numRuns: runs, seed, endOnFailure: true, interruptAfterTimeLimit: MAX_MS };
		const result = await fc.check(fc.asyncProperty(fc.gen(), work), options);
		// What fast-check would throw itself prints every value of the batch.
		if (result.failed) throw result.errorInstance;
		log(`${name}: ${total.cases} cases, ${((Date.now() - began) / 1000).toFixed(0)} s`);
	};
	return await withPictures(async (sim) => {
		let turn = 0;
		const next = (list) => list[turn++ % list.length];
		await check('parameters', Math.ceil(cases / perRun), async (gen) => {
			const place = next(places);
			const drawn = many(perRun, () => drawCase(gen, place));
			add(perRun, await batchOf(sim, place, drawn));
		});
		await check('one by one', singles, async (gen) => {
			const one = drawCase(gen, next(places), { batch: true });
			add(1, await alone(sim, one));
		});
		const makers = places.filter(({ operation }) => /^(text|image)ToVideo$/.test(operation));
		const some = Math.min(perRun, 100);
		await check('answers', Math.ceil(answers / some), async (gen) => {
			const place = next(makers);
			const drawn = many(some, () => drawAnswer(gen, place.provider, KEYS[place.provider]));
			add(some, await answersOf(sim, place, drawn));
		});
		return total;
	});
}

async function run(log) {
	await engine.startEngine();
	const began = Date.now();
	let found;
	let why = '';
	try {
		found = await badInput({ cases: 7_500, singles: 600, answers: 2_000, log });
	} catch (error) {
		why = error.message.split('\n').slice(0, 200).join('\n');
		log(why);
	}
	engine.stopEngine();
	return [
		{
			what: 'bad input and bad answers: cases that break a rule',
			ours: found
				? `0 of ${found.cases} (${found.refused} refused before any request, ${found.sent} sent)`
				: 'at least one, see above',
			beside: `${((Date.now() - began) / 1000).toFixed(0)} s`,
			goal: '0 of at least 10,000',
			met: found !== undefined && found.cases >= 10_000,
		},
	];
}

module.exports = { badInput, run };
