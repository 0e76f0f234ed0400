/* SPDX-License-Identifier: Apache-2.0 */
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Writes COUNT random pairs of a pattern and a name, and whether java.util.regex says that the whole name matches, for
 * regex_jdk.lua to compare. A record is the pattern, a 32-bit number of names (-1: the pattern is refused), then each name and
 * one byte, 1 for a match. A text is a 32-bit length (big endian) and that many bytes of UTF-8.
 */
public class RegexJdk {
	private static final int NAMES = 10;

	private static final String[] PIECES = {
		"a", "b", "A", "k", "s", "Z", "_", "-", ".", "0", "1", "\u00e9", "\u017f", "\u212a", " ", "#", "\n", ",", "=", ":", "&", "&&", "<", ">", "!",
		"\\", "\\Q", "\\E", "\\Q.\\E", "\\Qa1\\E", "\\-", "\\_", "\\.", "\\d", "\\D", "\\w", "\\W", "\\s", "\\S", "\\h", "\\H", "\\v", "\\V", "\\R", "\\X",
		"\\t", "\\n", "\\r", "\\a", "\\e", "\\f", "\\x61", "\\x6", "\\x{61}", "\\x{110000}", "\\u0061", "\\uD83D\\uDE00", "\\uD83D", "\\06", "\\061",
		"\\0", "\\0141", "\\cA", "\\c", "\\b", "\\B", "\\b{g}", "\\A", "\\z", "\\Z", "\\G", "\\K", "\\C", "\\g1", "\\o{61}", "\\N{DIGIT ONE}", "\\1", "\\2",
		"\\k<n>", "\\k{n}", "\\p{L}", "\\pL", "\\PL", "\\p{Lu}", "\\p{Lower}", "\\P{Upper}", "\\p{Digit}", "\\p{Punct}", "\\P{Alnum}", "\\p{IsLatin}",
		"\\p{IsAlphabetic}", "\\p{InGreek}", "\\p{javaLowerCase}", "\\p{sc=Latin}", "\\p{gc=Lu}", "\\p{nope}", "\\p{LC}", "\\p{L1}", "\\p{", "[", "]", "[^", "[]a]",
		"[a-c]", "[^a]", "[a[b-d]]", "[a-z&&[^b]]", "[a-z&&b-d]", "[\\d-z]", "[a-]", "[-a]", "[a-b-c]", "[[:alpha:]]", "[a&b]", "[^a-c[d]]", "[\\w&&[^_]]", "[\\Q]-\\E]",
		"(", ")", "(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>", "(?<n>", "(?<m1>", "(?P<n>", "(?P=n)", "(?R)", "(?1)", "(?&n)", "(?|", "(?#c)", "(*F)",
		"(?(1)a|b)", "(?'n'a)", "(?i)", "(?-i)", "(?x)", "(?s)", "(?m)", "(?d)", "(?u)", "(?U)", "(?iu)", "(?i:", "(?x-i:", "(?c)", "(?n)", "()", "|", "*", "+", "?",
		"*?", "++", "{2}", "{1,2}", "{0,}", "{,2}", "{2,1}", "{1}{2}", "{", "}", "^", "$", ".*", ".+", "a*", "[ab]+", "[a-z]+", "\\w+", "(a|b)", "(a)\\1", "a|b",
	};
	private static final String[] LITERALS = { "a", "a", "b", "A", "_", "-", "\\.", "0", "1", "k", "\\x61", "\\u0062", "\\Qa.\\E", "\\0141", "\u00e9" };
	private static final String[] CLASSES = { ".", "\\d", "\\w", "\\W", "\\p{Alpha}", "\\p{L}", "\\P{Digit}", "[a-c]", "[^a]", "[a-z&&[^b]]", "[a[b-d]]", "[A-Z_]", "[^\\d.]", "\\S" };
	private static final String[] REPEATS = { "*", "+", "?", "{2}", "{1,2}", "{0,1}", "{1,}", "*?", "+?", "??", "{1,2}?", "*+", "++", "?+" };
	private static final String[] ANCHORS = { "^", "$", "\\b", "\\B", "\\A", "\\z", "\\Z" };
	private static final String[] GROUPS = { "(", "(", "(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>", "(?i:", "(?s:", "(?m:", "(?x: ", "(?d:", "(?U:", "(?iu:" };
	private static final String[] LETTERS = { "a", "a", "a", "b", "b", "A", "B", "k", "z", "_", "-", ".", "0", "1" };
	private static final String[] RARE = { "\u00e9", "\u212a", "\u0131", "\u03b1", "\n", "\r", "\r\n", "\u0085", " ", "&", "]", "\ud83d\ude00" };

	private final Random random;

	RegexJdk(Random random) {
		this.random = random;
	}

	private String any(String[] from) {
		return from[random.nextInt(from.length)];
	}

	/** Anything: most of it is refused by the JDK. */
	private String loose() {
		StringBuilder text = new StringBuilder();
		for (int n = 1 + random.nextInt(5); n > 0; n--) {
			text.append(any(PIECES));
		}
		return text.toString();
	}

	/** A well-formed expression. */
	private String formed(int depth) {
		StringBuilder text = new StringBuilder();
		for (int n = 1 + random.nextInt(4); n > 0; n--) {
			switch (random.nextInt(depth > 0 ? 10 : 6)) {
			case 0: case 1: case 2:
				text.append(any(LITERALS));
				break;
			case 3: case 4:
				text.append(any(CLASSES));
				break;
			case 5:
				text.append(random.nextInt(4) == 0 ? "\\1" : any(ANCHORS));
				break;
			case 6:
				text.append(formed(depth - 1)).append('|');
				break;
			default:
				text.append(any(GROUPS)).append(formed(depth - 1)).append(')');
			}
			if (random.nextInt(3) == 0 && text.charAt(text.length() - 1) != '|') {
				text.append(any(REPEATS));
			}
		}
		return text.toString();
	}

	private String name() {
		StringBuilder text = new StringBuilder();
		for (int n = random.nextInt(6); n > 0; n--) {
			text.append(random.nextInt(20) == 0 ? any(RARE) : any(LETTERS));
		}
		return text.toString();
	}

	private static void write(DataOutputStream out, String text) throws IOException {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		out.writeInt(bytes.length);
		out.write(bytes);
	}

	public static void main(String[] args) throws IOException {
		RegexJdk maker = new RegexJdk(new Random(Long.parseLong(args[0])));
		try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(System.out, 1 << 16))) {
			for (int left = Integer.parseInt(args[1]); left > 0; left -= NAMES) {
				String regex = maker.random.nextInt(3) == 0 ? maker.loose() : maker.formed(2);
				write(out, regex);
				Pattern pattern;
				try {
					pattern = Pattern.compile(regex);
				} catch (PatternSyntaxException e) {
					out.writeInt(-1);
					continue;
				}
				String[] names = new String[NAMES];
				boolean[] answers = new boolean[NAMES];
				try {
					for (int i = 0; i < NAMES; i++) {
						names[i] = maker.name();
						answers[i] = pattern.matcher(names[i]).matches();
					}
				} catch (IndexOutOfBoundsException e) { // \b{g} at the end of a name, in JDK 17
					out.writeInt(0);
					continue;
				}
				out.writeInt(NAMES);
				for (int i = 0; i < NAMES; i++) {
					write(out, names[i]);
					out.writeByte(answers[i] ? 1 : 0);
				}
			}
		}
	}
}
