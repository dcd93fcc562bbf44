import { similarName } from '../../../nodes/Hailuo/n8n/similarName';

test.each([
	['$json.prompt', { body: { prompt: 'a' } }, 'The item has {{ $json.body.prompt }}'],
	['$json.idea', { Idea: 'a' }, 'The item has {{ $json.Idea }}'],
	["$json['my idea']", { 'My Idea': 'a' }, 'The item has {{ $json["My Idea"] }}'],
	['$json.body?.text', { output: [{ text: 'a' }] }, 'The item has {{ $json.output[0].text }}'],
	['$json.a[0]?.["b"].c', { c: 6 }, 'The item has {{ $json.c }}'],
	['$json.promtp', { prompt: 'a', seconds: 6 }, 'The item has prompt, seconds'],
	['$json.prompt', {}, 'The JSON of the item is empty'],
	// Without a value, it would be empty again.
	['$json.note', { note: null, sub: { note: ' ' } }, 'The item has note, sub'],
	["$('Form').item.json.idea", { Idea: 'a' }, ''],
	['$json.a + $json.b', { B: 'a' }, ''],
	[`$json${'.a'.repeat(99)}!`, {}, ''],
	['$json.日本', { 日本: 'x', b: 1 }, 'The item has {{ $json.日本 }}'],
])('%s', (code, json, expected) => {
	expect(similarName(code, json)).toBe(expected);
});

test('an item with many names is fast, and the text shows only a few of them', () => {
	const json = Object.fromEntries(
		Array.from({ length: 5_000 }, (_, nth) => [`name ${nth}`, { nth }]),
	);
	expect(similarName('$json.prompt', json)).toMatch(
		/^The item has name 0, (?:name \d, ){6}name 7 …$/,
	);
});
