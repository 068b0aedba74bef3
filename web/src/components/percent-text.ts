/** "93 %"; never a certainty that no machine has. */
export function percentText(share: number): string {
  return `${Math.min(99, Math.max(1, Math.round(share * 100)))} %`;
}
