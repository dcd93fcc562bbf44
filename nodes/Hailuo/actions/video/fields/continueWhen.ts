/** When the workflow continues with the next node. */
export const CONTINUE_WHEN = [
	{
		name: 'Video Is Finished',
		value: 'finished',
		description: 'Wait for the video and put it into the item',
	},
	{
		name: 'Job Is Submitted',
		value: 'submitted',
		description:
			'Continue at once with the job ID; get the video later with Job: Wait or the Hailuo Trigger',
	},
] as const;
