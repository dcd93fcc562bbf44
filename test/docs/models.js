'use strict';

// `npm run docs:models`: writes the table of models into the README, between its two marks. A test compares it with the
// catalogue, so that it cannot rot.
const fs = require('node:fs');
const path = require('node:path');

const README = path.join(__dirname, '..', '..', 'README.md');
const BEGIN = '<!-- models: npm run docs:models -->';
const END = '<!-- /models -->';

const SHORT = {
	textToVideo: 'text',
	imageToVideo: 'picture',
	firstLastFrameToVideo: 'two frames',
};

/** e.g. `768P: 6, 10 s · 1080P: 6 s`, over all that the model can do. */
function lengthsOf(model) {
	const lengths = {};
	for (const matrix of Object.values(model.operations)) {
		for (const [resolution, seconds] of Object.entries(matrix)) {
			lengths[resolution] = [...new Set([...(lengths[resolution] ?? []), ...seconds])];
		}
	}
	return Object.entries(lengths)
		.map(([resolution, seconds]) => `${resolution}: ${seconds.join(', ')} s`)
		.join(' · ');
}

function pricesOf({ prices, pricesAsOf }) {
	if (!prices) return 'ask with Get Price';
	const amounts = Object.values(prices)
		.flatMap((bySeconds) => Object.values(bySeconds))
		.map((price) => `$${price.toFixed(2)}`);
	return `${amounts.join(', ')} (${pricesAsOf})`;
}

/** @param {{models: object[], PROVIDER_NAMES: object}} catalogue */
function table({ models, PROVIDER_NAMES }) {
	const rows = models
		.filter(({ custom }) => !custom)
		.map((model) => {
			const from = Object.keys(model.operations).map((operation) => SHORT[operation]);
			const cells = [
				PROVIDER_NAMES[model.provider],
				`${model.name}<br>\`${model.id}\``,
				from.join(', '),
				lengthsOf(model),
				pricesOf(model),
			];
			return `| ${cells.join(' | ')} |`;
		});
	return [
		BEGIN,
		'',
		'| provider | model | from | resolution and length | list price (of the day) |',
		'|---|---|---|---|---|',
		...rows,
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
	const catalogue = require('../../dist/nodes/Hailuo/models/catalogue');
	fs.writeFileSync(
		README,
		fs.readFileSync(README, 'utf8').replace(written(), () => table(catalogue)),
	);
}

module.exports = { table, written };

if (require.main === module) write();
