/** The table in the comment of schedule.ts: the header, then the rows; without the separator and the blanks of cells. */
export function scheduleTable(): string[][];
