/** Tells somebody something the first time that it is said; nobody where nobody listens. */
export function tellOnce(listener: ((message: string) => void) | undefined): (message: () => string) => void {
  let hasTold = false;
  return (message) => {
    if (hasTold) return;
    hasTold = true;
    listener?.(message());
  };
}
