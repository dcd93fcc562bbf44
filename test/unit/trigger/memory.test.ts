import { memoryOf } from '../../../nodes/Hailuo/trigger/memory';

test('a node keeps its memory while it polls; of nodes that are gone the oldest go', () => {
	const polling = memoryOf('polls on');
	const gone = memoryOf('gone');
	for (let node = 0; node < 1_500; node++) {
		memoryOf(`node ${node}`);
		expect(memoryOf('polls on')).toBe(polling);
	}
	expect(memoryOf('gone')).not.toBe(gone);
	expect(memoryOf('node 1499')).toBe(memoryOf('node 1499'));
});
