import { validateHeaderName } from 'node:http';
import { z } from 'zod';
import { isHostOrRange } from '../../node/network/checked-lookup.ts';
import { namedHost } from '../../node/network/named-host.ts';
import { PICTURE_PLACEHOLDER, templateMistake } from './fill-template.ts';
import { SIGNATURE_HEADER, webhookMistake } from './send-webhook.ts';

// What says where a message begins and ends, and what the delivery itself says, is nobody else's.
const RESERVED_HEADERS = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-face-trigger-id',
  SIGNATURE_HEADER,
]);

const headerName = z.string().superRefine((name, context) => {
  const reserved = RESERVED_HEADERS.has(name.toLowerCase());
  if (reserved || !isHeaderName(name))
    context.addIssue(
      reserved ? `The header ${name} is set by face-trigger` : 'Expected the name of a header',
    );
});

const headerValue = z
  .string()
  .max(8000)
  .superRefine((value, context) => {
    // Control characters but the tab could end the line; beyond Latin-1 nothing can stand in a header.
    const foreign = /[^\t\x20-\x7e\x80-\xff]/u.exec(value)?.[0];
    if (foreign === undefined) return;
    const code = foreign.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
    context.addIssue(`Expected one line of characters of Latin-1, but U+${code} is none`);
  });

const headers = z.record(headerName, headerValue).superRefine((record, context) => {
  const names = Object.keys(record).map((name) => name.toLowerCase());
  if (names.length > 100) context.addIssue('Expected at most 100 headers');
  else if (new Set(names).size < names.length) context.addIssue('A header is given twice');
});

const text = z
  .string()
  .min(1)
  .max(1000)
  .regex(/^[^\0]*$/, 'Expected text without NUL');
const hostOrRange = z
  .string()
  .max(300)
  .refine(isHostOrRange, 'Expected a host, an address or a range such as 10.0.0.0/8');

const template = z
  .string()
  .max(4000)
  .superRefine((value, context) => {
    const mistake = templateMistake(value);
    if (mistake !== null) context.addIssue(mistake);
  });
type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
const jsonTemplate: z.ZodType<Json> = z.lazy(() =>
  z.union([
    template,
    z.number(),
    z.boolean(),
    z.null(),
    z.array(jsonTemplate).max(100),
    z.record(z.string().max(200), jsonTemplate),
  ]),
);
const formField = z
  .string()
  .max(4000)
  .superRefine((value, context) => {
    const mistake = value === PICTURE_PLACEHOLDER ? null : templateMistake(value);
    if (mistake !== null) context.addIssue(mistake);
  });
const fieldName = z.string().min(1).max(200);

/** The shape of a webhook action; what could never be sent is a mistake. */
export const webhookSchema = z
  .strictObject({
    type: z.literal('webhook'),
    url: z.url({ protocol: /^https?$/ }).max(8000),
    secret: text.optional(),
    secretEnv: text.optional(),
    headers: headers.default({}),
    allowInternal: z
      .union([z.boolean(), hostOrRange.transform((one) => [one]), z.array(hostOrRange).min(1).max(1000)])
      .optional(),
    timeoutMs: z.int().min(100).max(120_000).default(10_000),
    giveUpHours: z.number().min(0.1).max(8760).default(24),
    picture: z.boolean().optional(),
    json: z.record(fieldName, jsonTemplate).optional(),
    form: z.record(fieldName, formField).optional(),
    content: z.literal('picture').optional(),
  })
  // The file names the host of its own addresses.
  .transform(({ allowInternal, ...action }) => ({
    ...action,
    allowInternal: allowInternal ?? namedHost(action.url),
  }))
  .superRefine((action, context) => {
    const { picture, json, form, content } = action;
    const forms = [picture, json, form, content].filter((one) => one !== undefined && one !== false);
    if (forms.length > 1)
      context.addIssue('Expected one of picture, json, form and content: each says what is sent');
    const mistake = webhookMistake(action);
    if (mistake !== null) context.addIssue({ code: 'custom', path: ['url'], message: mistake });
  });

function isHeaderName(name: string): boolean {
  try {
    validateHeaderName(name);
    return true;
  } catch {
    return false;
  }
}
