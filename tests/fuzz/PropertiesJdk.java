/* SPDX-License-Identifier: Apache-2.0 */
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Random;

/**
 * Writes COUNT random .properties files and what java.util.Properties makes of each, for properties_jdk.lua to compare.
 * A record is the file, a 32-bit number of entries (-1: refused), then key and value of each entry in file order, or the
 * refusal's message. A text is a 32-bit length (big endian) and that many bytes, UTF-8 for keys, values and messages.
 */
public class PropertiesJdk {
	private static final String[] PIECES = {
		"\\", "\\", "\\", "\\", "=", "=", ":", "#", "!", " ", " ", "\t", "\f", "\r", "\n", "\n", "\r\n", "u", "u",
		"0", "4", "9", "a", "D", "F", "g", "k", "t", "n", "r", "f", "\013", "\000", "\"", "\u0080", "\u0085", "\u00a0", "\u00e9", "\u00ff",
		"\\u0041", "\\u00e9", "\\u003d", "\\u000a", "\\uD83D", "\\uDE00", "\\uD83D\\uDE00", "\\\n", "\\\r\n  ", "job.name", "\u00c3\u00a9",
	};

	/** Properties.load stores through put: the entries in file order, those that are overwritten later included. */
	private static final class Recorder extends Properties {
		private static final long serialVersionUID = 1;
		final transient List<String> texts = new ArrayList<>();

		@Override
		public synchronized Object put(Object key, Object value) {
			texts.add((String) key);
			texts.add((String) value);
			return super.put(key, value);
		}
	}

	private static byte[] file(Random random) {
		StringBuilder text = new StringBuilder();
		for (int n = random.nextInt(40); n > 0; n--) {
			text.append(PIECES[random.nextInt(PIECES.length)]);
		}
		return text.toString().getBytes(StandardCharsets.ISO_8859_1);
	}

	private static void write(DataOutputStream out, byte[] bytes) throws IOException {
		out.writeInt(bytes.length);
		out.write(bytes);
	}

	public static void main(String[] args) throws IOException {
		Random random = new Random(Long.parseLong(args[0]));
		try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(System.out, 1 << 16))) {
			for (int left = Integer.parseInt(args[1]); left > 0; left--) {
				byte[] file = file(random);
				Recorder properties = new Recorder();
				write(out, file);
				try {
					properties.load(new ByteArrayInputStream(file));
					out.writeInt(properties.texts.size() / 2);
					for (String text : properties.texts) {
						write(out, text.getBytes(StandardCharsets.UTF_8));
					}
				} catch (IllegalArgumentException e) {
					out.writeInt(-1);
					write(out, e.getMessage().getBytes(StandardCharsets.UTF_8));
				}
			}
		}
	}
}
