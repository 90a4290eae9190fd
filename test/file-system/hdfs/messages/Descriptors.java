// Prints what Hadoop's own classes say of their messages: a line `<message> <number> <label> <kind> <field>` for each field.
import org.apache.hadoop.thirdparty.protobuf.Descriptors.Descriptor;
import org.apache.hadoop.thirdparty.protobuf.Descriptors.EnumDescriptor;
import org.apache.hadoop.thirdparty.protobuf.Descriptors.EnumValueDescriptor;
import org.apache.hadoop.thirdparty.protobuf.Descriptors.FieldDescriptor;
import org.apache.hadoop.thirdparty.protobuf.Descriptors.FileDescriptor;

public class Descriptors {
  public static void main(String[] classes) throws Exception {
    for (String name : classes) {
      FileDescriptor file = (FileDescriptor) Class.forName(name).getMethod("getDescriptor").invoke(null);
      for (Descriptor message : file.getMessageTypes()) print(message);
      for (EnumDescriptor each : file.getEnumTypes()) print(each);
    }
  }

  private static void print(Descriptor message) {
    for (FieldDescriptor field : message.getFields()) {
      String label = field.isRequired() ? "required" : field.isRepeated() ? "repeated" : "optional";
      String kind =
          switch (field.getType()) {
            case MESSAGE -> field.getMessageType().getName();
            case ENUM -> "enum";
            default -> field.getType().toString().toLowerCase();
          };
      System.out.println(String.join(" ", message.getName(), "" + field.getNumber(), label, kind, field.getName()));
    }
    for (Descriptor nested : message.getNestedTypes()) print(nested);
    for (EnumDescriptor nested : message.getEnumTypes()) print(nested);
  }

  private static void print(EnumDescriptor values) {
    for (EnumValueDescriptor value : values.getValues()) {
      System.out.println("enum " + values.getName() + " " + value.getName() + " " + value.getNumber());
    }
  }
}
