'use strict';

// `npm run docs:models`: writes the table of models into the README, between its two marks. A test compares it with the
// catalogue, so that it cannot rot.
const fs = require('node:fs');
const path = require('node:path');

const README = path.join(__dirname, '..', '..', 'README.md');
const BEGIN = '<!-- models: npm run docs:models -->';
const END = '<!-- /models -->';

const FROM = {
	textToVideo: 'text',
	imageToVideo: 'picture',
	firstLastFrameToVideo: 'two frames',
	referenceToVideo: 'references',
};

/** What the other columns tell, or what every model has where it makes sense. */
const TOLD = ['firstFrame', 'lastFrame', 'resolution', 'duration'];

/** e.g. `Prompt*, Prompt Expansion (off), Go Fast (on)`: a star for what is required whatever the operation. */
function fieldsOf({ fields, camera }, labels) {
	const names = Object.entries(fields)
		.filter(([name]) => !TOLD.includes(name))
		.map(([name, { required, default: value }]) => {
			const preset = typeof value === 'boolean' ? ` (${value ? 'on' : 'off'})` : '';
			return `${labels[name]}${required ? '*' : preset}`;
		});
	return [...names, ...(camera ? ['Camera Movements'] : [])].join(', ');
}

/** How many a resolution has: 2K is more than 768P. */
const lines = (resolution) => parseInt(resolution, 10) * (resolution.endsWith('K') ? 1000 : 1);

/** e.g. `768P: 6 s $0.28, 10 s $0.56`, a line for each resolution, over all that the model can do. */
function formatsOf({ operations, prices, pricePerSecond = {} }) {
	const lengths = {};
	for (const matrix of Object.values(operations)) {
		for (const [resolution, seconds] of Object.entries(matrix)) {
			lengths[resolution] = [...new Set([...(lengths[resolution] ?? []), ...seconds])];
		}
	}
	const price = (resolution, length) => {
		const amount = prices?.[resolution]?.[length];
		return amount === undefined ? '' : ` $${amount.toFixed(2)}`;
	};
	return Object.entries(lengths)
		.sort(([a], [b]) => lines(a) - lines(b))
		.map(([resolution, seconds]) => {
			const [least, most] = [Math.min(...seconds), Math.max(...seconds)];
			if (most - least > 1 && most - least === seconds.length - 1) {
				const each = pricePerSecond[resolution];
				return `${resolution}: ${least} to ${most} s${each ? `, $${each} a second` : ''}`;
			}
			const all = seconds.map((length) => `${length} s${price(resolution, length)}`);
			return `${resolution}: ${all.join(', ')}`;
		})
		.join('<br>');
}

/** Of which day the list prices are, and who publishes none. */
function pricesAsOf({ models, PROVIDER_NAMES }) {
	const days = new Map();
	for (const { provider, custom, pricesAsOf: day } of models) {
		const name = PROVIDER_NAMES[provider];
		if (!custom) days.set(name, new Set([...(days.get(name) ?? []), ...(day ? [day] : [])]));
	}
	const dated = [...days]
		.filter(([, each]) => each.size)
		.map(([name, each]) => `${name} ${[...each].sort().join(' and ')}`);
	const without = [...days].filter(([, each]) => !each.size).map(([name]) => name);
	return `\\* required. List prices in USD: ${dated.join(', ')}. ${without.join(', ')} does not publish prices. For a model without a price, use Get Price.`;
}

/**
 * @param {{models: readonly any[], PROVIDER_NAMES: any}} catalogue
 * @param {{FIELD_LABELS: object}} fields
 */
function table({ models, PROVIDER_NAMES }, { FIELD_LABELS }) {
	const rows = models
		.filter(({ custom }) => !custom)
		.map((model) => {
			const from = Object.keys(model.operations).map((operation) => FROM[operation]);
			const cells = [
				PROVIDER_NAMES[model.provider],
				`${model.name}<br>\`${model.id}\``,
				from.join(', '),
				formatsOf(model),
				fieldsOf(model, FIELD_LABELS),
			];
			return `| ${cells.join(' | ')} |`;
		});
	return [
		BEGIN,
		'',
		'| provider | model | from | resolution: length and list price | other fields (preset) |',
		'|---|---|---|---|---|',
		...rows,
		'',
		pricesAsOf({ models, PROVIDER_NAMES }),
		'',
		END,
	].join('\n');
}

/** The part of the README between the marks, they included. */
function written() {
	const text = fs.readFileSync(README, 'utf8');
	return text.slice(text.indexOf(BEGIN), text.indexOf(END) + END.length);
}

function write() {
	const { compiled } = require('../bench/compiled');
	const of = (file) => require(compiled(`models/${file}.ts`));
	const text = fs.readFileSync(README, 'utf8');
	fs.writeFileSync(
		README,
		text.replace(written(), () => table(of('catalogue'), of('fieldError'))),
	);
}

module.exports = { table, written };

if (require.main === module) write();
