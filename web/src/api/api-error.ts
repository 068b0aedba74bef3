interface ApiErrorFacts {
  readonly status: number;
  readonly code: string;
  readonly retryMs: number;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

/** What went wrong with a request, in words for whoever looks at the page. */
export class ApiError extends Error {
  /** HTTP status; 0 where no answer came. */
  readonly status: number;
  /** The server's code, such as "ERR_CONFLICT". */
  readonly code: string;
  /** Milliseconds to wait before asking again; 0 where waiting does not help. */
  readonly retryMs: number;

  /** The server's facts about the failure; empty where it gives none. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(message: string, { status, code, retryMs, details = {} }: ApiErrorFacts) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.retryMs = retryMs;
    this.details = details;
  }
}

/** The error that an answer tells of. */
export async function readApiError(response: Response): Promise<ApiError> {
  const { code, message, details } = await readBody(response);
  const seconds = Number(response.headers.get('retry-after') ?? 0);
  return new ApiError(withAdvice(message, { status: response.status, code }), {
    status: response.status,
    code,
    details,
    retryMs: response.status === 429 ? Math.max(1, seconds) * 1000 : 0,
  });
}

/** The error of a request that got no answer. */
export function unreachable(): ApiError {
  const message = 'The server does not answer. Is it still running, and is this device connected to it?';
  return new ApiError(message, { status: 0, code: 'ERR_UNREACHABLE', retryMs: 0 });
}

/** What any failure says to a reader. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

interface ErrorBody {
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

async function readBody(response: Response): Promise<ErrorBody & { code: string; message: string }> {
  const fallback = { code: 'ERR_HTTP', message: `The server answered with status ${response.status}` };
  try {
    const { error = {} } = (await response.json()) as { error?: ErrorBody | undefined };
    const { code = fallback.code, message = fallback.message, details } = error;
    return { code, message, details };
  } catch {
    return fallback;
  }
}

function withAdvice(message: string, { status, code }: { status: number; code: string }): string {
  if (status === 403)
    return `${message}. Use a key that may do this: leave under Settings and enter another.`;
  if (code === 'ERR_IMAGE_DECODE') return `${message}. Choose a JPEG, PNG or WebP picture.`;
  if (code === 'ERR_IMAGE_TOO_LARGE')
    return `${message}. Make the picture smaller, or raise the server's limit.`;
  if (code === 'ERR_BUSY') return `${message} Try again in a moment.`;
  return message;
}
